%%% @doc Answers tools that ask a compiled class for its Core Erlang, so that Dialyzer can read it.
-module(beamtalk_debug_info).

%% Called by `beam_lib' and its users
-export([debug_info/4]).

-spec debug_info(atom(), module(), term(), [term()]) -> {ok, term()} | {error, unknown_format}.
debug_info(core_v1, _Module, Core, _Options) -> {ok, Core};
debug_info(_Format, _Module, _Core, _Options) -> {error, unknown_format}.
