%%% @doc `beamtalk show': one stage of the compilation as text.
-module(beamtalk_cli_show).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-define(STAGES, [tokens, ast, hir, core, bytecode]).

-spec usage() -> {string(), string()}.
usage() ->
    {"--stage tokens|ast|hir|core|bytecode FILE", "print a stage of the compilation"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    case beamtalk_cli:options(Arguments, #{<<"--stage">> => value}) of
        {#{<<"--stage">> := Name}, [File]} -> show(stage(Name), File);
        _ -> beamtalk_cli:usage_error("beamtalk: show takes --stage and one file")
    end.

stage(Name) ->
    case [Stage || Stage <- ?STAGES, atom_to_binary(Stage) =:= Name] of
        [Stage] -> Stage;
        [] -> beamtalk_cli:usage_error(["beamtalk: unknown stage '", Name, "' (tokens, ast, hir, core or bytecode)"])
    end.

show(Stage, File) ->
    ok = beamtalk_cli:boot(compiler),
    case beamtalk_source_loader:read(File, #{}) of
        {ok, #{source := Source, path := Path, classes := Classes, options := Options}} ->
            Mode =
                case Classes of
                    [] -> expression;
                    _ -> file
                end,
            Asked = (maps:with([module_name, stdlib_mode], Options))#{mode => Mode, path => Path},
            shown(beamtalk_compiler:show(Stage, Source, Asked), Path, Source);
        {error, Failure} ->
            beamtalk_cli:problem("~ts", [beamtalk_failure:text(Failure)]),
            1
    end.

shown({ok, #{text := Text} = Shown}, Path, Source) ->
    beamtalk_cli:out([Text, $\n]),
    problems(maps:get(diagnostics, Shown, []), Path, Source);
shown({error, #{diagnostics := Found}}, Path, Source) ->
    problems(Found, Path, Source).

problems(Found, Path, Source) ->
    Errors = [D || #{severity := <<"error">>} = D <- Found],
    _ = [io:put_chars(standard_error, [beamtalk_excerpt:render(D, Path, Source), $\n]) || D <- Errors],
    case Errors of
        [] -> 0;
        _ -> 1
    end.
