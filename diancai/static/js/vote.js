// The way to the vote: every module a step may need, so that a kiosk can swap steps without loading scripts again.
import "./scan.js";
import "./ballot.js";
import "./ranking.js";
import "./leave.js";
import "./read-aloud.js";
import "./receipt.js";
import "./wait.js";
