// Every allow policy of an account to a file, one JSON object a line, with the official client.
//
// What its users would write, or better: the client's own iterator over the pages, the largest page
// that the API allows, and one stream that is waited for when it is full. Lines are gathered into
// larger pieces, which is cheaper than a write for each.
import Cloudflare from 'cloudflare';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const PIECE = 64 * 1024;

const client = new Cloudflare({
  apiToken: process.env.CLOUDFLARE_API_TOKEN,
  baseURL: process.env.CLOUDFLARE_BASE_URL,
});
const out = createWriteStream(process.argv[2]);
let lines = '';
for await (const policy of client.emailSecurity.settings.allowPolicies.list({
  account_id: process.env.CLOUDFLARE_ACCOUNT_ID,
  per_page: 1000,
})) {
  lines += JSON.stringify(policy) + '\n';
  if (lines.length >= PIECE) {
    const piece = lines;
    lines = '';
    if (!out.write(piece)) {
      await once(out, 'drain');
    }
  }
}
out.end(lines);
await once(out, 'finish');
