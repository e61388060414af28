// Where the app begins. The shell page gives it a place, the language and the town's name; everything
// else comes from /api/v1.

import "./style/tokens.css";
import "./style/base.css";
import "./style/ui.css";
import "./style/board.css";
import "./style/case.css";
import { render } from "preact";
import { speak } from "./api";
import { App } from "./App";
import { speakWords } from "./words";

const place = document.getElementById("app");
if (place) {
  const locale = place.dataset["locale"] ?? (document.documentElement.lang || "ja");
  speak(locale);
  speakWords(locale);
  place.textContent = "";
  render(<App townName={place.dataset["town"] ?? ""} />, place);
}
