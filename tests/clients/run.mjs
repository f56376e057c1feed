// Runs the test files given with node's test runner; 77 = skipped, for want of modules or binary.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
for (const module of ['socket.io-client', 'socket.io-client-3', 'ws']) {
  if (!existsSync(join(folder, 'node_modules', module))) {
    console.log(`skipped: npm's ${module} is not installed; npm --prefix tests/clients ci`);
    process.exit(77);
  }
}
if (!existsSync(process.env.TICKSTOCK_BINARY ?? '')) {
  console.log('skipped: TICKSTOCK_BINARY names no file');
  process.exit(77);
}
const files = process.argv.slice(2).map((name) => join(folder, name));
const result = spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...files], {
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
