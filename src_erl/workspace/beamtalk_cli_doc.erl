%%% @doc `beamtalk doc': the documentation of the library or of a project as a site of static pages.
-module(beamtalk_cli_doc).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-define(OUTPUT, <<"docs/api">>).
-define(DOCS, "docs").

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH] [-o DIR] [--site]",
        "write documentation pages of the library, or of PATH, to DIR (docs/api)\n\n"
        "  -o, --output DIR     where the pages go\n"
        "  --site               with a landing page and the Markdown files of the project\n"
        "  --docs-path DIR      where these are (docs of the library or package that is documented)\n"
        "  -q, --quiet          say nothing when all is well"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    {Flags, Rest} = beamtalk_cli:options(Arguments, #{
        <<"-o">> => value, <<"--output">> => value, <<"-q">> => flag, <<"--quiet">> => flag, <<"--site">> => flag, <<"--docs-path">> => value
    }),
    Output = unicode:characters_to_list(maps:get(<<"--output">>, Flags, maps:get(<<"-o">>, Flags, ?OUTPUT))),
    Quiet = is_map_key(<<"-q">>, Flags) orelse is_map_key(<<"--quiet">>, Flags),
    case {Rest, docs(Flags, Rest)} of
        _ when Output =:= "" -> beamtalk_cli:usage_error("beamtalk: the output directory has no name");
        {_, {error, Text}} -> failed([Text]);
        {[], Docs} -> document(library, Docs, Output, Quiet);
        {[Path], Docs} -> document(unicode:characters_to_list(Path), Docs, Output, Quiet);
        _ -> beamtalk_cli:usage_error("beamtalk: doc takes one path")
    end.

%% Where the prose is, if there is to be any.
docs(#{<<"--site">> := true, <<"--docs-path">> := Named}, _) ->
    Dir = unicode:characters_to_list(Named),
    case filelib:is_dir(Dir) of
        true -> Dir;
        false -> {error, ["Directory '", Dir, "' does not exist"]}
    end;
docs(#{<<"--site">> := true}, []) -> filename:join(beamtalk_stdlib:source_root(), ?DOCS);
docs(#{<<"--site">> := true}, [Path | _]) ->
    case beamtalk_manifest:read(unicode:characters_to_list(Path)) of
        {error, none} -> ?DOCS;
        _ -> beamtalk_project_path:beside(unicode:characters_to_list(Path), ?DOCS)
    end;
docs(#{<<"--docs-path">> := _}, _) -> beamtalk_cli:usage_error("beamtalk: --docs-path goes with --site");
docs(_, _) -> none.

document(Path, Docs, Output, Quiet) ->
    ok = beamtalk_cli:boot(compiler),
    case {beamtalk_doc_sources:read(Path), prose(Docs, Output)} of
        {{ok, #{units := Units} = Sources}, {ok, Prose}} ->
            Options = maps:merge((maps:with([title, version], Sources))#{assets => beamtalk_doc_sources:assets()}, Prose),
            site(beamtalk_site:files(Units, Options), Output, length([own || #{origin := own} <- Units]), Quiet);
        {{error, Texts}, _} ->
            failed(Texts);
        {_, {error, Texts}} ->
            failed(Texts)
    end.

prose(none, _) ->
    {ok, #{}};
prose(Dir, Output) ->
    case beamtalk_doc_prose:read(Dir, Output) of
        {ok, Prose} -> {ok, #{prose => Prose}};
        {error, _} = Error -> Error
    end.

site({ok, Files}, Output, Classes, Quiet) ->
    case beamtalk_site_output:write(Output, Files) of
        {ok, #{written := Written, removed := Removed}} ->
            _ = Quiet orelse beamtalk_cli:out("~b classes documented in ~ts (~b files written, ~b removed)~n", [Classes, Output, Written, Removed]),
            0;
        {error, {Place, foreign}} ->
            failed([["Directory '", Place, "' holds files that are no documentation. Name an empty or new directory with -o."]]);
        {error, {Place, Reason}} ->
            failed([["Cannot write '", Place, "': ", file:format_error(Reason)]])
    end;
site({error, Problems}, _, _, _) ->
    failed(Problems ++ [io_lib:format("Nothing was written: ~b broken link(s)", [length(Problems)])]).

failed(Texts) ->
    _ = [beamtalk_cli:problem("~ts", [Text]) || Text <- Texts],
    1.
