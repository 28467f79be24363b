// Opens the page on the data that it was written with.

import { at } from "./dom.js";
import { Film } from "./film.js";

new Film(JSON.parse(at("data").textContent));
