%%% @doc Runs a program: loads its classes, evaluates its main file or sends `run', waits until its actors are idle.
%%%
%%% Three forms: a directory with classes and a `main.bt'; a class file with a class method `run:' or `run'; a file of expressions
%%% beside the class files it uses.
-module(beamtalk_program).

-export([run/2, wait_idle/0, wait_ended/0]).

%% Two looks at the actors, so far apart, must both find them waiting.
-define(PAUSE_MS, 10).
%% Between two looks at supervisors.
-define(SUPERVISED_MS, 100).

-spec run(file:filename_all(), [binary()]) -> ok | {error, [beamtalk_failure:failure() | {file:filename_all(), beamtalk_failure:failure()}]}.
run(Path, Arguments) ->
    case plan(Path) of
        {ok, Classes, Main} -> load(Classes, Main, Arguments);
        {error, Text} -> {error, [beamtalk_failure:simple(Text)]}
    end.

%% Which files are loaded, and what is done then.
plan(Path) ->
    Main = beamtalk_project_path:shown(filename:join(Path, "main.bt")),
    case {filelib:is_dir(Path), filelib:is_regular(Path)} of
        {true, _} ->
            case filelib:is_regular(Main) of
                true -> {ok, [beamtalk_project_path:shown(File) || File <- beamtalk_source_loader:sources_below(Path)] -- [Main], {script, Main}};
                false -> {error, nothing_to_run(Path)}
            end;
        {_, true} ->
            plan_file(Path);
        _ ->
            {error, ["Path '", Path, "' does not exist"]}
    end.

nothing_to_run(Dir) ->
    [
        "No beamtalk.toml found in '", Dir, "'. Run this command in a package (`beamtalk new NAME' makes one), name a file,\n"
        "or let the program begin in a main.bt: there is none in '", Dir, "' either."
    ].

plan_file(File) ->
    case beamtalk_source_loader:read(File, #{}) of
        {ok, #{classes := [#{name := Class} | _]}} -> {ok, [File], {class, Class}};
        {ok, #{classes := []}} -> {ok, beside(File), {script, File}};
        {error, Failure} -> {error, beamtalk_failure:text(Failure)}
    end.

%% Class files of the same directory; other scripts in it are none.
beside(File) ->
    Dir = filename:dirname(File),
    Others = [filename:join(Dir, Name) || Name <- filelib:wildcard("*.bt", Dir)],
    [Other || Other <- Others, filename:basename(Other) =/= filename:basename(File), has_class(Other)].

has_class(File) ->
    case beamtalk_source_loader:read(File, #{}) of
        {ok, #{classes := [_ | _]}} -> true;
        _ -> false
    end.

load(Files, Main, Arguments) ->
    #{failed := Failed, warnings := Warnings, loaded := Loaded} = beamtalk_source_loader:files(Files, #{}),
    Own = [[File, ": ", Text] || {File, #{warnings := Texts}} <- Loaded, Text <- Texts],
    _ = [io:put_chars(standard_error, ["Warning: ", Text, "\n"]) || Text <- Own ++ Warnings],
    case Failed of
        [] -> start(Main, Arguments);
        _ -> {error, Failed}
    end.

start({script, File}, Arguments) ->
    {ok, Source} = file:read_file(File),
    {ok, Session} = beamtalk_session:start(#{capture => false, bindings => #{args => Arguments}}),
    Path = unicode:characters_to_binary(File),
    case beamtalk_session:eval(Session, Source, #{path => Path}) of
        #{result := {ok, _}} -> wait_idle();
        #{result := {error, {compile, _} = Failure}} -> {error, [{File, Failure}]};
        #{result := {error, Failure}} -> {error, [Failure]}
    end;
start({class, Name}, Arguments) ->
    Class = binary_to_atom(Name),
    Reference = beamtalk_class_registry:class_ref(Class),
    {Selector, Values} =
        case responds(Class, 'run:') of
            true -> {'run:', [Arguments]};
            false -> {run, []}
        end,
    try beamtalk_future:await(beamtalk_message_dispatch:send(Reference, Selector, Values), infinity) of
        _ -> wait_idle()
    catch
        Kind:Reason:Stack -> {error, [beamtalk_failure:raised(Kind, Reason, Stack)]}
    end.

responds(Class, Selector) ->
    lists:any(
        fun(C) -> lists:keymember(Selector, 1, maps:get(class_methods, beamtalk_class_registry:meta(C), [])) end,
        beamtalk_class_registry:ancestors(Class)
    ).

%% @doc Returns when every actor was found waiting with an empty mailbox, twice in a row.
-spec wait_idle() -> ok.
wait_idle() ->
    wait_idle(false).

wait_idle(Before) ->
    case {Before, lists:all(fun is_idle/1, beamtalk_object_instances:all())} of
        {true, true} ->
            ok;
        {_, Idle} ->
            timer:sleep(?PAUSE_MS),
            wait_idle(Idle)
    end.

%% @doc Returns when every actor is idle and no supervisor is left that has actors: somebody who is supervised is there to stay.
-spec wait_ended() -> ok.
wait_ended() ->
    wait_ended([]).

%% A child that is being started again is no actor for a moment, so supervisors are remembered.
wait_ended(Known) ->
    ok = wait_idle(),
    Alive = [Pid || Pid <- Known, is_process_alive(Pid)],
    case lists:usort(Alive ++ lists:append([supervisor_of(Actor) || Actor <- beamtalk_object_instances:all()])) of
        [] ->
            ok;
        Supervisors ->
            timer:sleep(?SUPERVISED_MS),
            wait_ended(Supervisors)
    end.

%% The supervisor an actor is linked to.
supervisor_of({beamtalk_object, _, _, Pid}) ->
    case process_info(Pid, [links, dictionary]) of
        [{links, Links}, {dictionary, Dictionary}] -> [Parent || Parent <- parents(Dictionary), lists:member(Parent, Links), is_supervisor(Parent)];
        undefined -> []
    end.

parents(Dictionary) ->
    case lists:keyfind('$ancestors', 1, Dictionary) of
        {_, [Parent | _]} when is_pid(Parent) -> [Parent];
        {_, [Name | _]} -> [Pid || Pid <- [whereis(Name)], is_pid(Pid)];
        _ -> []
    end.

is_supervisor(Pid) ->
    case process_info(Pid, dictionary) of
        {dictionary, Dictionary} ->
            case lists:keyfind('$initial_call', 1, Dictionary) of
                {_, {supervisor, _, _}} -> true;
                _ -> false
            end;
        undefined ->
            false
    end.

is_idle({beamtalk_object, _, _, Pid}) ->
    case process_info(Pid, [status, message_queue_len, current_function]) of
        undefined -> true;
        [{status, waiting}, {message_queue_len, 0}, {current_function, {beamtalk_actor, loop, _}}] -> true;
        [_, {message_queue_len, 0}, {current_function, {erlang, hibernate, _}}] -> true;
        _ -> false
    end.
