import { chromium } from 'playwright-core';

/** Debian's Chromium, or the one that TICKSTOCK_CHROMIUM names; it must ask nobody anything. */
export function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.TICKSTOCK_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
