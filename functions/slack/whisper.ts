/**
 * Answers who pressed a button, and nobody else, at the address that Slack gave with the press.
 *
 * Knows that such an address is Slack's own, so that nothing is ever sent elsewhere, and lasts 30 minutes and
 * five answers (docs.slack.dev/interactivity/handling-user-interaction, checked 2026-11-24). Needs no token.
 *
 * Changes Slack: a message for one person.
 */
import type { Whisper } from '../domain/ports.ts';

const patienceMs = 2_000;

/** `apiUrl`: of a simulated Slack. */
export const slackWhisper = ({ apiUrl }: { readonly apiUrl: string | undefined }): Whisper => {
  const { origin } = new URL(apiUrl ?? 'https://hooks.slack.com');
  return {
    to: async (responseUrl, text) => {
      if (new URL(responseUrl).origin !== origin) throw new Error('the address to answer at is not Slack’s');
      const answer = await fetch(responseUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMs),
      });
      if (!answer.ok) throw new Error(`Slack did not take the answer: ${answer.status}`);
    },
  };
};
