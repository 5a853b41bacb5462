%%% @doc Puts a finished site into a directory: all of it or, when something fails, nothing.
%%%
%%% What has changed is written to a hidden directory in there first and then moved into place, file by file, so that a reader sees each page
%%% old or new and never a part. A list of the files, kept with them, tells a later run which pages belong to no class any more. A directory
%%% that holds other things and no such list is left alone.
-module(beamtalk_site_output).

-export([write/2]).

-define(LIST, ".beamtalk-doc").
-define(STAGE, ".beamtalk-doc-new").

-spec write(file:filename(), beamtalk_site:files()) ->
    {ok, #{written := non_neg_integer(), removed := non_neg_integer()}} | {error, {Path :: file:filename(), file:posix() | foreign | term()}}.
write(Dir, Files) ->
    case owner(Dir) of
        {ok, Old} ->
            New = lists:sort(maps:keys(Files)),
            Changed = [Path || Path <- New, file:read_file(filename:join(Dir, Path)) =/= {ok, map_get(Path, Files)}],
            replace(Dir, Files, Changed, Old, New);
        {error, _} = Error ->
            Error
    end.

%% The files an earlier run has left; none in a new or empty directory.
owner(Dir) ->
    case {file:read_file(filename:join(Dir, ?LIST)), file:list_dir(Dir)} of
        {{ok, List}, _} -> {ok, [Path || Path <- binary:split(List, <<"\n">>, [global, trim_all]), is_ours(Path)]};
        {_, {ok, Names}} -> empty(Dir, [Name || Name <- Names, hd(Name) =/= $.]);
        {_, {error, enoent}} -> {ok, []};
        {_, {error, Reason}} -> {error, {Dir, Reason}}
    end.

empty(_, []) -> {ok, []};
empty(Dir, _) -> {error, {Dir, foreign}}.

%% Whatever the list says, only pages below the directory are removed.
is_ours(Path) ->
    re:run(Path, "^(?:(?:classes|source|assets)/|pages/(?:[A-Za-z0-9_-]+/)*)?[A-Za-z0-9_-]+\\.(?:html|css|js)$", [dollar_endonly, {capture, none}]) =:= match.

replace(_, _, [], Same, Same) ->
    {ok, #{written => 0, removed => 0}};
replace(Dir, Files, Changed, Old, New) ->
    Stage = filename:join(Dir, ?STAGE),
    _ = file:del_dir_r(Stage),
    Numbered = [{filename:join(Stage, integer_to_list(N)), Path} || {N, Path} <- lists:zip(lists:seq(1, length(Changed)), Changed)],
    Stale = Old -- New,
    Steps =
        [fun() -> done(Stage, filelib:ensure_path(Stage)) end] ++
            [fun() -> done(Staged, file:write_file(Staged, map_get(Path, Files))) end || {Staged, Path} <- Numbered] ++
            [fun() -> done(Target, filelib:ensure_dir(Target)) end || {_, Path} <- Numbered, Target <- [filename:join(Dir, Path)]] ++
            %% Who stops in between finds the pages of both in the list.
            [fun() -> list(Dir, lists:usort(Old ++ New)) end] ++
            [fun() -> done(Target, file:rename(Staged, Target)) end || {Staged, Path} <- Numbered, Target <- [filename:join(Dir, Path)]] ++
            [fun() -> removed(filename:join(Dir, Path)) end || Path <- Stale] ++
            [fun() -> list(Dir, New) end],
    Result = steps(Steps),
    _ = file:del_dir_r(Stage),
    case Result of
        ok -> {ok, #{written => length(Changed), removed => length(Stale)}};
        {error, _} = Error -> Error
    end.

steps([]) ->
    ok;
steps([Step | Steps]) ->
    case Step() of
        ok -> steps(Steps);
        {error, _} = Error -> Error
    end.

done(_, ok) -> ok;
done(Path, {error, Reason}) -> {error, {Path, Reason}}.

list(Dir, Paths) ->
    File = filename:join(Dir, ?LIST),
    done(File, beamtalk_parallel:write_file(File, [[Path, $\n] || Path <- Paths])).

removed(File) ->
    case file:delete(File) of
        {error, Reason} when Reason =/= enoent -> {error, {File, Reason}};
        _ -> ok
    end.
