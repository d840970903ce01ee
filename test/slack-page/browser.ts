/**
 * Starts a headless Chromium: the one that `CHROMIUM_PATH` names, else the one that comes with npm for Linux on x86.
 *
 * Effect: starts a process; unpacks the browser into the folder for temporary files.
 */
import { type Browser, chromium } from 'playwright-core';

const howToGetOne =
  'No Chromium starts here. The one that `npm ci` brings runs on Linux (x86_64); elsewhere install Chromium or Chrome and name its program in CHROMIUM_PATH. Debian: apt-get install chromium, CHROMIUM_PATH=/usr/bin/chromium.';

/** It shows nothing but our own page; its sandbox does not start for root, as in many a CI. */
const args = ['--no-sandbox'];

const find = async (): Promise<string> => {
  const own = process.env.CHROMIUM_PATH;
  if (own !== undefined) return own;
  // Without this it does not bring the libraries that a bare machine lacks.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs24.x';
  const { default: packed } = await import('@sparticuz/chromium');
  return packed.executablePath();
};

export const startBrowser = async (): Promise<Browser> => {
  try {
    return await chromium.launch({ executablePath: await find(), args, headless: true });
  } catch (cause) {
    throw new Error(howToGetOne, { cause });
  }
};
