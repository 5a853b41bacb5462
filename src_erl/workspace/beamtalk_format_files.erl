%%% @doc Formats source files: which files, and what becomes of each. Called by `beamtalk fmt' and `beamtalk fmt-check'.
-module(beamtalk_format_files).

-export([sources/1, each/2]).

-export_type([outcome/0]).

-type outcome() ::
    same
    | {changed, Old :: binary(), New :: binary()}
    | {refused, Source :: binary(), [beamtalk_compiler_backend:diagnostic()]}
    | {error, file:posix() | badarg | terminated | system_limit}.

%% @doc The files of a list of files and directories, each once. Expression scripts are formatted when they are named.
-spec sources([binary()]) -> {ok, [file:filename()]} | {error, unicode:chardata()}.
sources(Paths) ->
    Found = [below(Path) || Path <- Paths],
    case [Text || {error, Text} <- Found] of
        [] -> {ok, once(lists:append([Files || {ok, Files} <- Found]))};
        [Text | _] -> {error, Text}
    end.

below(Path) ->
    case {filelib:is_dir(Path), filelib:is_regular(Path), lists:member(filename:extension(Path), [<<".bt">>, <<".btscript">>])} of
        {true, _, _} -> {ok, [shown(File) || File <- beamtalk_source_loader:sources_below(unicode:characters_to_list(Path))]};
        {_, true, true} -> {ok, [unicode:characters_to_list(Path)]};
        {_, true, false} -> {error, ["File '", Path, "' is not a .bt source file"]};
        _ -> {error, ["Path '", Path, "' does not exist"]}
    end.

shown("./" ++ File) -> File;
shown(File) -> File.

once(Files) ->
    {Once, _} = lists:foldl(
        fun(File, {Kept, Seen}) ->
            case Seen of
                #{File := _} -> {Kept, Seen};
                #{} -> {[File | Kept], Seen#{File => true}}
            end
        end,
        {[], #{}},
        Files
    ),
    lists:reverse(Once).

%% @doc What formatting makes of every file; with `write' the files are changed.
-spec each(write | compare, [file:filename()]) -> [{file:filename(), outcome()}].
each(Mode, Files) ->
    beamtalk_parallel:map(fun(File) -> {File, one(Mode, File)} end, Files).

one(Mode, File) ->
    case file:read_file(File) of
        {ok, Source} -> formatted(Mode, File, Source, beamtalk_compiler:format(Source));
        {error, Reason} -> {error, Reason}
    end.

formatted(_, _, Source, {ok, Source}) -> same;
formatted(compare, _, Source, {ok, New}) -> {changed, Source, New};
formatted(write, File, Source, {ok, New}) -> written(File, Source, New);
formatted(_, _, Source, {error, #{diagnostics := Found}}) -> {refused, Source, Found}.

%% Written beside the file and renamed over it: there is the old text or the new one, never a part. A link stays one.
written(File, Source, New) ->
    Target = target(File, 8),
    Mode = mode(Target),
    case beamtalk_parallel:write_file(Target, New) of
        ok ->
            _ = [file:change_mode(Target, M) || M <- Mode],
            {changed, Source, New};
        {error, Reason} ->
            {error, Reason}
    end.

target(File, 0) ->
    File;
target(File, Links) ->
    case file:read_link(File) of
        {ok, To} -> target(filename:absname(To, filename:dirname(File)), Links - 1);
        {error, _} -> File
    end.

mode(File) ->
    case file:read_file_info(File) of
        %% Field `mode' of the record `file_info'.
        {ok, Info} -> [element(8, Info) band 8#777];
        {error, _} -> []
    end.
