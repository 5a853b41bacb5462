/* Two functions that do nothing: the cost of a call into a native library. */
#include <erl_nif.h>

static ERL_NIF_TERM same(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) { return argv[0]; }

static ErlNifFunc functions[] = {
    {"dirty", 1, same, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"normal", 1, same, 0},
};

ERL_NIF_INIT(bench_empty_nif, functions, NULL, NULL, NULL, NULL)
