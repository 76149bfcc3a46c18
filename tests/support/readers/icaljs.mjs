// Reads calendars with ical.js, the library inside Thunderbird.
// Arguments: the path of ical.js. Standard input: one JSON request. Standard output: its answer.
//
//   {"calendars": [text, ...]}
//     -> [{"jcal": ..., "events": [{"uid", "start", "end"}, ...]}, ...], moments in Unix seconds
//   {"zone": VTIMEZONE text, "first": [year, month, day], "minutes": step, "count": n}
//     -> [seconds east of UTC, ...] for n wall times from midnight of the first day on

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));

function read(text) {
  const jcal = ICAL.parse(text);
  const calendar = new ICAL.Component(jcal);
  const events = calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid,
      start: event.startDate.toUnixTime(),
      end: event.endDate.toUnixTime(),
    };
  });
  return { jcal, events };
}

function offsets({ zone, first, minutes, count }) {
  const calendar = ICAL.parse(`BEGIN:VCALENDAR\r\n${zone}END:VCALENDAR\r\n`);
  const component = new ICAL.Component(calendar).getFirstSubcomponent("vtimezone");
  const timezone = new ICAL.Timezone(component);
  const start = Date.UTC(first[0], first[1] - 1, first[2]);
  return Array.from({ length: count }, (_, index) => {
    const wall = new Date(start + index * minutes * 60000);
    const time = new ICAL.Time({
      year: wall.getUTCFullYear(),
      month: wall.getUTCMonth() + 1,
      day: wall.getUTCDate(),
      hour: wall.getUTCHours(),
      minute: wall.getUTCMinutes(),
      second: 0,
    });
    return timezone.utcOffset(time);
  });
}

const request = JSON.parse(readFileSync(0, "utf8"));
const answer = request.zone ? offsets(request) : request.calendars.map(read);
process.stdout.write(JSON.stringify(answer));
