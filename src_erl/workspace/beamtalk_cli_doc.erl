%%% @doc `beamtalk doc': the documentation of the library or of a project as a site of static pages.
-module(beamtalk_cli_doc).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-define(OUTPUT, <<"docs/api">>).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH] [-o DIR]", "write documentation pages of the library, or of PATH, to DIR (docs/api)"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    {Flags, Rest} = beamtalk_cli:options(Arguments, #{
        <<"-o">> => value, <<"--output">> => value, <<"-q">> => flag, <<"--quiet">> => flag
    }),
    Output = unicode:characters_to_list(maps:get(<<"--output">>, Flags, maps:get(<<"-o">>, Flags, ?OUTPUT))),
    Quiet = is_map_key(<<"-q">>, Flags) orelse is_map_key(<<"--quiet">>, Flags),
    case Rest of
        _ when Output =:= "" -> beamtalk_cli:usage_error("beamtalk: the output directory has no name");
        [] -> document(library, Output, Quiet);
        [Path] -> document(unicode:characters_to_list(Path), Output, Quiet);
        _ -> beamtalk_cli:usage_error("beamtalk: doc takes one path")
    end.

document(Path, Output, Quiet) ->
    ok = beamtalk_cli:boot(compiler),
    case beamtalk_doc_sources:read(Path) of
        {ok, #{units := Units} = Sources} ->
            Options = (maps:with([title, version], Sources))#{assets => beamtalk_doc_sources:assets()},
            site(beamtalk_site:files(Units, Options), Output, length([own || #{origin := own} <- Units]), Quiet);
        {error, Texts} ->
            failed(Texts)
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
