/**
 * Runs a bundle once in this process: the file of the bundle as argument, the event in DRYDOCK_EVENT.
 *
 * Effect: prints the answer and the peak of the process's memory as the last line.
 */
const [, , file = ''] = process.argv;
const { handler } = await import(file);
const answer = await handler(JSON.parse(process.env.DRYDOCK_EVENT ?? '{}'), {
  awsRequestId: 'apart',
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  getRemainingTimeInMillis: () => 900_000,
});
console.log(JSON.stringify({ answer, peakBytes: process.resourceUsage().maxRSS * 1024 }));
