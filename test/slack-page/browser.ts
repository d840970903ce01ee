/**
 * Starts a headless Chromium: the one that `CHROMIUM_PATH` names, else the one that an npm package carries.
 *
 * Knows that the package has Chromium for Linux on x86_64 alone, with the libraries that a bare system lacks,
 * and takes whatever it finds in the folder for temporary files, however broken. Here it is unpacked once
 * for each version, by a process of its own, into a folder that gets its name when it is whole.
 *
 * Effect: writes some 200 MB into the folder for temporary files; starts a process.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import project from '../../package.json' with { type: 'json' };

const howToGetOne =
  'The Chromium that `npm ci` brings runs on Linux (x86_64); elsewhere install Chromium or Chrome and name its program in CHROMIUM_PATH. Debian: apt-get install chromium, CHROMIUM_PATH=/usr/bin/chromium.';

const version = project.devDependencies['@sparticuz/chromium'];
const program = 'const { default: packed } = await import(process.argv[1]); await packed.executablePath();';
/** The package brings its libraries where it takes the machine for a Lambda. */
const asOnLambda = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };

/** The folder that has the browser, whole. */
const unpacked = (): string => {
  const folder = join(tmpdir(), `drydock-chromium-${version}`);
  if (existsSync(folder)) return folder;
  const fresh = mkdtempSync(`${folder}-`);
  const env = { ...process.env, ...asOnLambda, TMPDIR: fresh };
  const from = import.meta.resolve('@sparticuz/chromium');
  execFileSync(process.execPath, ['--input-type=module', '--eval', program, from], { env });
  try {
    renameSync(fresh, folder);
    return folder;
  } catch {
    // Somebody else was faster.
    return fresh;
  }
};

/** The package's own names folders of a Lambda: without a font, text takes no room and cannot be pressed. */
const fontsIn = (folder: string): string => {
  const file = join(folder, 'drydock-fonts.conf');
  const dirs = [join(folder, 'fonts'), '/usr/share/fonts'].map((dir) => `<dir>${dir}</dir>`).join('');
  writeFileSync(
    file,
    `<?xml version="1.0"?><fontconfig>${dirs}<cachedir>${folder}/cache</cachedir></fontconfig>`,
  );
  return file;
};

const find = () => {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return { executablePath: CHROMIUM_PATH };
  const folder = unpacked();
  const libraries = { LD_LIBRARY_PATH: join(folder, 'al2023/lib'), FONTCONFIG_FILE: fontsIn(folder) };
  return { executablePath: join(folder, 'chromium'), env: { ...process.env, ...libraries } };
};

export const startBrowser = async (): Promise<Browser> => {
  try {
    // It shows nothing but our own page; its sandbox does not start for root, as in many a CI.
    return await chromium.launch({ ...find(), args: ['--no-sandbox'], headless: true });
  } catch (cause) {
    throw new Error(`No Chromium starts here. ${howToGetOne}`, { cause });
  }
};
