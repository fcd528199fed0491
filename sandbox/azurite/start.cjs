// Starts Azurite with the command line's options, without two habits that hurt a local world.

const constants = require("azurite/dist/src/queue/utils/constants");

// Every 60 seconds Azurite sweeps the texts of deleted queue messages, in time quadratic to their number, and answers
// nobody meanwhile: 17,000 texts held in memory stopped it for more than five minutes (measured, 3.35.0).
// A sandbox lives shorter than its memory lasts; the longest delay that a Node.js timer takes is never.
if (!constants.DEFAULT_GC_INTERVAL_MS) {
  throw new Error("Azurite names the pause between two sweeps differently now: look how to make it long.");
}
constants.DEFAULT_GC_INTERVAL_MS = 2 ** 31 - 1;

// Standard input is a pipe that only the parent process holds: it ends when the parent is gone, killed or not.
process.stdin.resume().on("end", () => process.exit());
process.stdin.unref();

require("azurite/dist/src/azurite.js");
