import "../css/app.css";
import { followConditions } from "./conditions.js";
import { copyAddresses } from "./copy.js";
import { openDialogs } from "./dialog.js";
import { improveFields } from "./fields.js";
import { closeMenus } from "./menus.js";
import { printPages } from "./print.js";
import { repeatRows } from "./repeat.js";
import { sendOnce } from "./send.js";

document.documentElement.classList.add("js");
copyAddresses();
followConditions();
openDialogs();
improveFields();
closeMenus();
printPages();
repeatRows();
sendOnce();
