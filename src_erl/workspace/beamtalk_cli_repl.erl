%%% @doc `beamtalk repl': the prompt.
-module(beamtalk_cli_repl).
-behaviour(beamtalk_cli).

-export([run/1, usage/0, help/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[--no-color] [--engine ENGINE]", "the interactive prompt"}.

-spec help() -> string().
help() ->
    "--engine ENGINE   who runs what is typed: beam, code of the node; evaluator, the library's own machine; auto (auto)\n"
    "  --no-color        no colours".

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    case beamtalk_cli:options(Arguments, #{<<"--no-color">> => flag, <<"--engine">> => value}) of
        {Flags, []} ->
            ok = engine(Flags),
            Terminal = beamtalk_cli:terminal(),
            ok = beamtalk_cli:boot(workspace),
            Colours = not is_map_key(<<"--no-color">>, Flags) andalso beamtalk_colours:wanted(Terminal),
            ok = beamtalk_repl:run(#{terminal => Terminal, colours => Colours}),
            0;
        _ ->
            beamtalk_cli:usage_error("beamtalk: repl takes no arguments")
    end.

engine(#{<<"--engine">> := Name}) -> beamtalk_cli:engine(Name);
engine(_) -> ok.
