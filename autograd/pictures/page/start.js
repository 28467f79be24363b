// Opens the page on the data that it was written with.

import { Page } from "./main.js";

new Page(JSON.parse(document.getElementById("data").textContent));
