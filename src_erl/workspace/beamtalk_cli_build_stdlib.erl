%%% @doc `beamtalk build-stdlib': compiles the library classes that have changed.
-module(beamtalk_cli_build_stdlib).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[-q]", "compile the library classes that have changed"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    {Flags, []} = beamtalk_cli:options(Arguments, #{<<"-q">> => flag}),
    Output = beamtalk_stdlib:default_dir(),
    Stdlib = filename:dirname(Output),
    Root = beamtalk_stdlib:source_root(),
    Stamp = [Content || {ok, Content} <- [file:read_file(filename:join([Root, "priv", "native", "compiler.md5"]))]],
    Options = #{
        source => filename:join([Root, "stdlib", "src"]),
        output => Output,
        state => filename:join(Stdlib, "build.term"),
        stamp => Stamp
    },
    case beamtalk_library_build:build(Options) of
        {ok, #{compiled := N, total := Total}} ->
            _ = map_size(Flags) > 0 orelse beamtalk_cli:out("compiled ~b of ~b library classes~n", [N, Total]),
            0;
        {error, Texts} ->
            _ = [beamtalk_cli:problem("~ts", [Text]) || Text <- Texts],
            1
    end.
