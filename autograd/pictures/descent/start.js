// Opens the page on the data that it was written with.

import { DescentPage } from "./descent.js";
import { at } from "./dom.js";

new DescentPage(JSON.parse(at("data").textContent));
