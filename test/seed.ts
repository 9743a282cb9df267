import fc from "fast-check";

/**
 * Laws are checked on the same examples everywhere, so that what passes here passes there. Others are tried by
 * `FAST_CHECK_SEED=$RANDOM npx vitest run`.
 */
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 19740101) });
