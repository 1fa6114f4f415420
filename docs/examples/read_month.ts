/** Reads a published month with types generated from docs/openapi.json: `read_month ADDRESS PERIOD`. */
import type { components } from "./bangdiem";

declare const process: { argv: string[] };

// Without ?fields= and ?expand= the answer is the whole sheet.
type Month = components["schemas"]["ScoreSheet"];

async function readMonth(address: string, period: string): Promise<Month> {
  const answer = await fetch(`${address}/api/v1/periods/${period}/scores`, { headers: { accept: "application/json" } });
  if (!answer.ok) {
    const problem: { title: string; detail: string } = await answer.json();
    throw new Error(`${problem.title}: ${problem.detail}`);
  }
  return answer.json();
}

async function main(): Promise<void> {
  const [address, period] = process.argv.slice(2);
  if (address === undefined || period === undefined) throw new Error("usage: read_month ADDRESS PERIOD");
  const month = await readMonth(address, period);
  for (const body of month.agencies) {
    const points = Object.entries(body.indicators).sort(([one], [other]) => (one < other ? -1 : 1));
    console.log([body.agency, body.total_exact, ...points.map(([code, found]) => `${code}=${found.points}`)].join(" "));
  }
}

main();
