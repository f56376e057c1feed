// Builds the package and runs its tests: node test/run.mjs [build|unit|integration|browser]. Ends with 77, "skipped",
// where the npm modules are not installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const [what = 'all'] = process.argv.slice(2);

const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!existsSync(compiler)) {
  console.log('skipped: the npm modules are not installed (npm ci in clients/js)');
  process.exit(77);
}

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

if (what === 'all' || what === 'build') {
  run(compiler, '-p', '.');
  run(compiler, '-p', 'test');
}
for (const kind of ['unit', 'integration', 'browser']) {
  if (what === 'all' || what === kind) {
    const files = readdirSync(join(here, kind)).filter((name) => name.endsWith('.test.mjs'));
    run('--test', '--test-concurrency=1', ...files.sort().map((name) => join(here, kind, name)));
  }
}
