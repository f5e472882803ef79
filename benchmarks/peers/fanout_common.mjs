// What both Node contestants share: all connections at once, with Promise.all. `post` takes a connection id and a text.
import { readFileSync } from "node:fs";

const megabytes = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;

export const connectionId = (number) => `${String(number).padStart(13, "0")}Ae=`;

export async function fanOut(post, connections) {
  const outcomes = { reached: 0, gone: 0 };
  const message = JSON.stringify({ count: 1234, online: connections });
  const one = async (number) => {
    try {
      await post(connectionId(number), message);
      outcomes.reached += 1;
    } catch (error) {
      if (error.statusCode !== 410 && error.$metadata?.httpStatusCode !== 410) throw error;
      outcomes.gone += 1;
    }
  };
  const before = process.cpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, (_, number) => one(number)));
  const seconds = (performance.now() - started) / 1000;
  const used = process.cpuUsage(before);
  console.log(JSON.stringify({ ...outcomes, cpu: (used.user + used.system) / 1e6, seconds, megabytes: megabytes() }));
}
