// Unpack the Chromium of the npm package into the folder named on the command line.
// The package unpacks into the system's temporary folder: that is pointed at the folder.
// It adds the libraries a bare machine lacks when it believes to run in the cloud.
process.env.TMPDIR = process.argv[2];
process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x';
const {default: chromium} = await import('@sparticuz/chromium');
console.log(await chromium.executablePath());
