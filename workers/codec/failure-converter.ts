import { DefaultFailureConverter } from '@temporalio/common';

/** Puts messages and stack traces of failures into an encoded payload, so that the codec covers them too. Loaded by path. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
