-module(bench_errors).
-behaviour(bench).
-export([rows/0]).
rows() -> [].
