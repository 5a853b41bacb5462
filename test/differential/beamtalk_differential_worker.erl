%%% @doc Runs programs in one node, in one way: compiled with the fast options, with all optimisations, walked, or evaluated in the library's machine.
%%%
%%% The classes of a program that is evaluated are modules of the node as well: actors run there, and the machine takes the methods of the others from the source
%%% that the modules bring along. Each call is an input to the machine.
%%%
%%% Called by `beamtalk_differential' in the node of the way. Each call of a method is a process of its own with limits of time and memory;
%%% what it answers is put into a form that does not depend on the node, so that answers of different nodes can be compared with `=:='.
-module(beamtalk_differential_worker).

-include("../../include/beamtalk.hrl").

-export([start/2, program/4]).

-export_type([way/0, call/0, outcome/0]).

-type way() :: fast | full | walked | evaluated | faulty_fast | faulty_walked.
-type call() :: {Class :: atom(), instance | class, Selector :: atom(), Arguments :: [non_neg_integer()]}.
%% What a call answered, the fields of the actor and the class variables after it, and what it showed on the Transcript.
-type outcome() :: {Answer :: term(), State :: term(), ClassVariables :: term(), Shown :: [binary()]}.

-define(DISPATCH, beamtalk_message_dispatch).
-define(FIXTURE, 'DiffFixture').
%% 128 MiB on a 64-bit machine.
-define(MAX_HEAP_WORDS, 16777216).

%% The options that were once wrong.
-define(FAULTY_OPTIONS, [
    from_core, binary, return_errors, no_spawn_compiler_process, no_bool_opt, no_throw_opt, no_type_opt, no_bsm_opt, no_fun_opt, no_share_opt,
    no_recv_opt, no_postopt, no_ssa_opt
]).

%% @doc Makes the node ready: compiler and runtime run, the class that all programs use is there.
-spec start(way(), binary()) -> ok.
start(Way, Fixture) ->
    ok = application:set_env(beamtalk, start, [compiler, runtime, evaluator, workspace]),
    {ok, _} = application:ensure_all_started(beamtalk),
    {ok, [?FIXTURE]} = load(Way, [{<<"DiffFixture.bt">>, Fixture}]),
    _ = arguments(),
    %% A way that is another one in truth would agree with it.
    Walked = Way =:= walked orelse Way =:= faulty_walked,
    Walked = code:is_loaded(beamtalk_referee) =/= false,
    ok.

arguments() -> 'bt@diff_fixture':arguments(?DISPATCH:class_ref(?FIXTURE), []).

%% @doc Loads the classes, superclasses first, makes the calls, and leaves the node as it was.
-spec program(way(), [{binary(), binary()}], [call()], pos_integer()) -> {ok, [outcome()]} | {refused, binary()}.
program(Way, Sources, Calls, Milliseconds) ->
    try load(Way, Sources) of
        {ok, Classes} ->
            try
                %% While a program is made smaller, classes go.
                {ok, with_engine(Way, fun(Engine) -> calls([Call || Call <- Calls, lists:member(element(1, Call), Classes)], Engine, Classes, Milliseconds) end)}
            after
                leave(Classes)
            end;
        {refused, _} = Refused ->
            Refused
    after
        [exit(Pid, kill) || Pid <- beamtalk_object_instances:pids(?FIXTURE)]
    end.

leave(Classes) ->
    [nil = beamtalk_class_removal:remove(?DISPATCH:class_ref(Class)) || Class <- lists:reverse(Classes)].

%%% Loading

load(Way, Sources) ->
    Known = beamtalk_class_index:known(lists:append([described(Source) || {_, Source} <- Sources])),
    load(Way, Sources, Known, []).

load(_, [], _, Loaded) ->
    {ok, lists:reverse(Loaded)};
load(Way, [{Path, Source} | Rest], Known, Loaded) ->
    case compile(Way, Path, Source, Known) of
        {ok, #{module_name := Name, beam := Beam}} ->
            {ok, #{class := Class}} = beamtalk_loader:load(binary_to_atom(Name), Beam, #{file => binary_to_list(Path), purge => hard}),
            load(Way, Rest, Known, [Class | Loaded]);
        {error, Why} ->
            _ = leave(lists:reverse(Loaded)),
            {refused, Why}
    end.

described(Source) ->
    case beamtalk_compiler:doc(Source) of
        {ok, Classes} -> [maps:without([doc, examples], Class#{module => module(Name)}) || #{name := Name} = Class <- Classes];
        {error, _} -> []
    end.

module(Class) -> <<"bt@", (beamtalk_selector:snake(Class))/binary>>.

compile(Way, Path, Source, Known) ->
    case beamtalk_compiler:compile(Source, #{path => Path, known_classes => Known}) of
        {ok, #{core_erlang := Core} = Compiled} ->
            case to_beam(Way, Core) of
                {ok, _, Beam} -> {ok, Compiled#{beam => Beam}};
                {error, Reason} -> {error, iolist_to_binary(io_lib:format("~tP", [Reason, 40]))}
            end;
        {error, #{diagnostics := [#{message := Message} | _]}} ->
            {error, Message}
    end.

to_beam(full, Core) -> beamtalk_core_compiler:compile(Core, #{optimise => true});
to_beam(faulty_fast, Core) -> to_beam_without_ssa(Core);
to_beam(_, Core) -> beamtalk_core_compiler:compile(Core, #{}).

to_beam_without_ssa(Core) ->
    {ok, Tokens, _} = core_scan:string(binary_to_list(Core)),
    {ok, Forms} = core_parse:parse(Tokens),
    case compile:noenv_forms(Forms, ?FAULTY_OPTIONS) of
        {error, Errors, _} -> {error, Errors};
        Done -> Done
    end.

%%% Calls

with_engine(evaluated, Work) ->
    {ok, Machine} = beamtalk_machine_eval:open(),
    try
        Work(Machine)
    after
        beamtalk_machine_eval:close(Machine)
    end;
with_engine(_, Work) ->
    Work(beam).

%% The calls of one class share an actor; a value is new for each call.
calls(Calls, Engine, Classes, Milliseconds) ->
    All = arguments(),
    {Outcomes, _} = lists:mapfoldl(
        fun({Class, _, _, _} = Call, Actors) ->
            {Answer, Receiver, Known} = answer(Engine, Call, All, Actors, Milliseconds),
            State = fields(Receiver, Milliseconds),
            {{Answer, State, class_variables(Classes), shown()}, usable(Answer, Class, Known)}
        end,
        #{},
        Calls
    ),
    Outcomes.

answer(beam, {Class, Side, Selector, Places}, All, Actors, Milliseconds) ->
    Arguments = [lists:nth(Place + 1, All) || Place <- Places],
    {Receiver, Known} = receiver(Side, Class, Actors),
    {limited(fun() -> send(Receiver, Selector, Arguments) end, Milliseconds), Receiver, Known};
answer(Machine, {Class, Side, Selector, Places} = Call, All, Actors, Milliseconds) ->
    %% Arguments come from the node or are made by the machine: blocks are funs of the node then, or the machine's own.
    {Texts, Variables} =
        case erlang:phash2(Call, 2) of
            0 ->
                {[["(DiffFixture arguments at: ", integer_to_list(Place + 1), ")"] || Place <- Places], #{}};
            1 ->
                Names = lists:sublist([a1, a2], length(Places)),
                {[atom_to_list(Name) || Name <- Names], maps:from_list([{Name, lists:nth(Place + 1, All)} || {Name, Place} <- lists:zip(Names, Places)])}
        end,
    case {Side, beamtalk_class_registry:kind_of(Class)} of
        {instance, actor} ->
            {Actor, Known} = receiver(Side, Class, Actors),
            Source = ["(", message("r", Selector, Texts), ") awaitForever"],
            {input(Machine, Source, Variables#{r => Actor}, Call, Milliseconds), Actor, Known};
        {instance, _} ->
            {input(Machine, message([atom_to_list(Class), " new"], Selector, Texts), Variables, Call, Milliseconds), none, Actors};
        {class, _} ->
            {input(Machine, message(atom_to_list(Class), Selector, Texts), Variables, Call, Milliseconds), none, Actors}
    end.

message(Receiver, Selector, []) ->
    [Receiver, " ", atom_to_list(Selector)];
message(Receiver, Selector, Texts) ->
    Parts = [Part || Part <- string:split(atom_to_list(Selector), ":", all), Part =/= ""],
    [Receiver | [[" ", Part, ": ", Text] || {Part, Text} <- lists:zip(Parts, Texts)]].

%% How it is sliced must not matter: in single reductions, in a few, as always.
input(Machine0, Source, Variables, Call, Milliseconds) ->
    Machine =
        case element(1 + erlang:phash2({slice, Call}, 4), {1, 17, 1000, whole}) of
            whole -> Machine0;
            Slice -> Machine0#{slice => Slice}
        end,
    Evaluate = fun() ->
        ok = beamtalk_machine_eval:synchronise(Machine, #{}, Variables),
        evaluated(beamtalk_machine_eval:run(Machine, iolist_to_binary(Source), #{path => <<"<call>">>, skip_checks => true}))
    end,
    limited(Evaluate, Milliseconds).

evaluated({value, Value, _, _}) -> {value, plain(Value)};
evaluated({raised, Class, Reason, Trace, _}) -> failure(Class, Reason, Trace);
evaluated({limit, max_memory}) -> {limit, memory};
evaluated({rejected, Diagnostics}) -> {rejected, [Message || #{message := Message} <- Diagnostics]};
evaluated(Other) -> Other.

%% What has been shown since the last time.
shown() ->
    Transcript = beamtalk_workspace_objects:transcript(),
    {ok, Shown} = gen_server:call(Transcript, {recent, []}),
    {ok, _} = gen_server:call(Transcript, {clear, []}),
    Shown.

receiver(class, Class, Actors) ->
    {?DISPATCH:class_ref(Class), Actors};
receiver(instance, Class, Actors) ->
    case {beamtalk_class_registry:kind_of(Class), Actors} of
        {actor, #{Class := Actor}} ->
            {Actor, Actors};
        {actor, #{}} ->
            Actor = ?DISPATCH:class(Class, spawn, []),
            {Actor, Actors#{Class => Actor}};
        {_, _} ->
            {?DISPATCH:class(Class, new, []), Actors}
    end.

%% An actor that is busy for too long is replaced by a new one.
usable({limit, _}, Class, Actors) ->
    case maps:take(Class, Actors) of
        {{beamtalk_object, _, _, Pid}, Others} ->
            exit(Pid, kill),
            Others;
        error ->
            Actors
    end;
usable(_, _, Actors) ->
    Actors.

send({beamtalk_object, _, _, Pid}, Selector, Arguments) when is_pid(Pid) ->
    case gen_server:call(Pid, {Selector, Arguments}, infinity) of
        %% An input awaits what it comes to; so do the calls it is compared with.
        {ok, {beamtalk_future, _} = Future} -> awaited(Future);
        {ok, Value} -> {value, plain(Value)};
        {error, Exception} -> failure(error, Exception, [])
    end;
send(Receiver, Selector, Arguments) ->
    try
        {value, plain(?DISPATCH:send(Receiver, Selector, Arguments))}
    catch
        Class:Reason:Stack -> failure(Class, Reason, Stack)
    end.

awaited(Future) ->
    try
        {value, plain(beamtalk_future:await(Future))}
    catch
        Class:Reason:Stack -> failure(Class, Reason, Stack)
    end.

failure(Class, Reason, Stack) ->
    #{?BT_TAG := Tag, error := Error} = beamtalk_exception_handler:wrap(Class, Reason, Stack),
    #beamtalk_error{kind = Kind, class = Of, selector = Selector, message = Message, hint = Hint} = Error,
    {failed, Tag, Kind, Of, Selector, without_addresses(Message), Hint}.

%% A failure of Erlang's names terms in its message.
without_addresses(Message) ->
    re:replace(Message, "#(Fun|Ref|Port)<[^>]*>|<[0-9]+\\.[0-9]+\\.[0-9]+>", "#\\1", [global, {return, binary}]).

%% Only in a process of its own a call can be ended.
limited(Fun, Milliseconds) ->
    Heap = #{size => ?MAX_HEAP_WORDS, kill => true, error_logger => false},
    {Pid, Monitor} = spawn_opt(fun() -> exit({answer, Fun()}) end, [monitor, {max_heap_size, Heap}]),
    receive
        {'DOWN', Monitor, process, Pid, {answer, Answer}} -> Answer;
        {'DOWN', Monitor, process, Pid, killed} -> {limit, memory};
        {'DOWN', Monitor, process, Pid, Reason} -> {died, plain(Reason)}
    after Milliseconds ->
        exit(Pid, kill),
        receive
            {'DOWN', Monitor, process, Pid, _} -> {limit, time}
        end
    end.

fields({beamtalk_object, _, _, Pid}, Milliseconds) when is_pid(Pid) ->
    limited(fun() -> plain(sys:get_state(Pid, infinity)) end, Milliseconds);
fields(_, _) ->
    none.

class_variables(Classes) ->
    [{Class, [{Name, plain(V)} || {{_, Name}, V} <- lists:sort(ets:match_object(beamtalk_class_vars, {{Class, '_'}, '_'}))]}
     || Class <- Classes].

%% Nothing in it belongs to a node, or says in which way the code was made.
plain(Fun) when is_function(Fun) ->
    {'$fun', element(2, erlang:fun_info(Fun, arity))};
plain(Pid) when is_pid(Pid) -> '$pid';
plain(Ref) when is_reference(Ref) -> '$reference';
plain(Port) when is_port(Port) -> '$port';
plain([Head | Tail]) -> [plain(Head) | plain(Tail)];
plain(#{error := #beamtalk_error{}} = Exception) -> failure(error, Exception, []);
plain(Map) when is_map(Map) -> maps:from_list([{plain(Key), plain(Value)} || {Key, Value} <- maps:to_list(Map)]);
plain(Tuple) when is_tuple(Tuple) -> list_to_tuple(plain(tuple_to_list(Tuple)));
plain(Value) -> Value.
