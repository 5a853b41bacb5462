%%% @doc Gets the files of a git repository at a tag, branch or commit into a directory, with the program `git'.
%%%
%%% No shell is involved. An address or name that begins with a dash would be taken as an option and is refused, as are addresses that make git
%%% start other programs. The directory appears whole or not at all; what it was made from is noted inside of it, so that later calls with
%%% the same wish do nothing and need no network.
-module(beamtalk_git).

-include_lib("kernel/include/file.hrl").

-export([check/2, fetch/5, fetched/3]).

-export_type([ref/0]).

-type ref() :: {tag | rev | branch, binary()}.

-define(NOTE, ".git/beamtalk").
-define(ABANDONED_S, 3600).
%% Enough of what git says.
-define(MOST_OUTPUT, 4000).

%% @doc Is this an address and a name that can be given to git?
-spec check(Url :: binary(), ref()) -> ok | {error, unicode:chardata()}.
check(Url, {Kind, Ref}) ->
    case {is_address(Url), is_name(Kind, Ref)} of
        {false, _} -> {error, ["has an address that is none: '", Url, "'"]};
        {_, false} -> {error, ["has a ", atom_to_list(Kind), " that is none: '", Ref, "'"]};
        _ -> ok
    end.

%% `HELPER::ADDRESS' would start a program of that name.
is_address(Url) ->
    re:run(Url, "^(?!-)(?![A-Za-z0-9+.-]*::)[^\\x00-\\x1f\\x7f]+$", [dollar_endonly, {capture, none}]) =:= match.

is_name(rev, Ref) ->
    re:run(Ref, "^[0-9A-Fa-f]{4,64}$", [dollar_endonly, {capture, none}]) =:= match;
%% The rules of git for names, as far as they could mean something else.
is_name(_, Ref) ->
    Without = "^(?![-/.])(?!.*(?:\\.\\.|@\\{|//|/\\.|\\.lock(?:/|$)))",
    re:run(Ref, [Without, "[^\\x00-\\x20\\x7f~^:?*\\[\\\\]+(?<![/.])$"], [dollar_endonly, {capture, none}]) =:= match.

%% @doc Is this what the directory holds?
-spec fetched(Url :: binary(), ref(), file:filename()) -> boolean().
fetched(Url, Ref, Target) ->
    case file:read_file(filename:join(Target, ?NOTE)) of
        {ok, Note} -> Note =:= note(Url, Ref);
        {error, _} -> false
    end.

note(Url, {Kind, Ref}) ->
    iolist_to_binary([Url, "\n", atom_to_list(Kind), " ", Ref, "\n"]).

%% @doc An address that is a path starts at the directory `From'. `Say' is called if there is something to do.
-spec fetch(Url :: binary(), ref(), From :: file:filename(), Target :: file:filename(), Say :: fun(() -> term())) ->
    ok | {error, unicode:chardata()}.
fetch(Url, Ref, From, Target, Say) ->
    case {fetched(Url, Ref, Target), os:find_executable("git")} of
        {true, _} ->
            ok;
        {false, false} ->
            {error, "needs git, which is not on the PATH"};
        {false, Git} ->
            _ = Say(),
            Beside = filename:absname(lists:concat([Target, ".", os:getpid(), ".tmp"])),
            Result = new(Git, Url, Ref, From, Beside, filename:absname(Target)),
            _ = file:del_dir_r(Beside),
            Result
    end.

new(Git, Url, Ref, From, Beside, Target) ->
    _ = forget_abandoned(Target),
    _ = file:del_dir_r(Beside),
    Steps = [
        fun() -> made(filelib:ensure_dir(Beside), Beside) end,
        fun() -> cloned(run(Git, ["clone", "--quiet", "--no-checkout", "--", Url, Beside], From), Url) end,
        fun() -> checked_out(Git, commit(Git, Ref, Beside), Ref, Url, Beside) end,
        fun() -> made(file:write_file(filename:join(Beside, ?NOTE), note(Url, Ref)), Beside) end,
        fun() -> put_in_place(Url, Ref, Beside, Target) end
    ],
    lists:foldl(fun(Step, ok) -> Step(); (_, Error) -> Error end, ok, Steps).

made(ok, _) -> ok;
made({error, Reason}, Path) -> {error, ["cannot write '", Path, "': ", file:format_error(Reason)]}.

cloned({0, _}, _) -> ok;
cloned({_, Output}, Url) -> {error, ["cannot be fetched from '", Url, "':\n", indented(Output)]}.

commit(Git, {Kind, Ref}, Dir) ->
    Full =
        case Kind of
            tag -> ["refs/tags/", Ref];
            branch -> ["refs/remotes/origin/", Ref];
            rev -> Ref
        end,
    run(Git, ["rev-parse", "--verify", "--quiet", iolist_to_binary([Full, "^{commit}"])], Dir).

checked_out(Git, {0, Commit}, _, Url, Dir) ->
    case run(Git, ["-c", "advice.detachedHead=false", "checkout", "--quiet", "--detach", string:trim(Commit)], Dir) of
        {0, _} -> ok;
        {_, Output} -> {error, ["cannot be taken from '", Url, "':\n", indented(Output)]}
    end;
checked_out(_, _, {Kind, Ref}, Url, _) ->
    {error, ["has no ", atom_to_list(Kind), " '", Ref, "' in '", Url, "'"]}.

%% Another build may have been faster with the same.
put_in_place(Url, Ref, Beside, Target) ->
    case fetched(Url, Ref, Target) of
        true ->
            ok;
        false ->
            _ = file:del_dir_r(Target),
            made(file:rename(Beside, Target), Target)
    end.

%% What was begun and never finished; younger ones may be another build's.
forget_abandoned(Target) ->
    Now = os:system_time(second),
    Above = filename:dirname(Target),
    [
        file:del_dir_r(Dir)
     || Name <- filelib:wildcard(filename:basename(Target) ++ ".*.tmp", Above),
        Dir <- [filename:join(Above, Name)],
        {ok, #file_info{mtime = Changed}} <- [file:read_file_info(Dir, [{time, posix}])],
        Now - Changed > ?ABANDONED_S
    ].

indented(Output) ->
    lists:join("\n", [["  ", Line] || Line <- string:split(string:trim(Output), "\n", all)]).

%%% The program

run(Git, Arguments, Dir) ->
    Port = open_port({spawn_executable, Git}, [
        {args, Arguments}, {cd, Dir}, {env, environment()}, binary, exit_status, stderr_to_stdout, use_stdio, hide
    ]),
    collect(Port, <<>>).

collect(Port, Output) ->
    receive
        {Port, {data, More}} -> collect(Port, last(<<Output/binary, More/binary>>));
        {Port, {exit_status, Status}} -> {Status, Output}
    end.

last(Output) when byte_size(Output) > ?MOST_OUTPUT -> binary:part(Output, byte_size(Output), -?MOST_OUTPUT);
last(Output) -> Output.

%% Nobody is asked for a password; a hook of git that builds has its own repository in the environment.
environment() ->
    [{"GIT_TERMINAL_PROMPT", "0"}, {"GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh"}] ++
        [{Name, false} || Name <- ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_PREFIX"]].
