%%% @doc Beamtalk for Erlang and Elixir programs.
%%%
%%% ```
%%% 1> {ok, _} = application:ensure_all_started(beamtalk).
%%% 2> {ok, #{classes := ['Tally']}} = beamtalk:load_file("tally.bt").
%%% 3> Tally = beamtalk:spawn('Tally').
%%% 4> 5 = beamtalk:call(Tally, 'add:', [5]).
%%% 5> {ok, 7} = beamtalk:eval(<<"3 + 4">>).
%%% '''
%%%
%%% Values cross as they are: strings are binaries, symbols atoms, lists lists, dictionaries maps, blocks funs. An object of a value class is
%%% a map with the key `'$beamtalk_class''; actors and classes are references. A failure of Beamtalk code is raised as an error whose
%%% reason is the exception object.
-module(beamtalk).

-include("beamtalk.hrl").

%% Loading
-export([load_file/1, load_source/1, load_dir/1]).
%% Evaluating
-export([eval/1, eval/2, session_start/0, session_eval/2, session_stop/1]).
%% Objects
-export([new/1, new/2, spawn/1, spawn/2, call/3, call/4, send/3, await/1, await/2]).
%% Asking
-export([class/1, classes/0, print_string/1, help/1, help/2]).

-compile({no_auto_import, [spawn/1, spawn/2]}).

-export_type([receiver/0, loaded/0, failed/0, reason/0]).

%% A value, a reference, or the name of a class.
-type receiver() :: term() | atom().
-type loaded() :: #{
    classes := [atom()], modules := [module()], diagnostics := [beamtalk_compiler_backend:diagnostic()]
}.
-type failed() :: #{diagnostics := [beamtalk_compiler_backend:diagnostic(), ...]}.
%% The exception object of a run-time error, or the diagnostics of an input that does not compile.
-type reason() :: beamtalk_error:exception() | failed() | binary().

-define(CALL_MS, 30000).

%%% Loading

%% @doc Compiles and loads a class file.
-spec load_file(file:filename_all()) -> {ok, loaded()} | {error, failed()}.
load_file(Path) ->
    summary(beamtalk_source_loader:files([Path], #{})).

%% @doc Compiles and loads the text of a class.
-spec load_source(binary()) -> {ok, loaded()} | {error, failed()}.
load_source(Source) when is_binary(Source) ->
    case beamtalk_source_loader:source(Source, #{path => <<"<editor>">>}) of
        {ok, Loaded} -> {ok, loaded([Loaded])};
        {error, Failure} -> {error, #{diagnostics => beamtalk_failure:diagnostics(Failure)}}
    end.

%% @doc Compiles and loads every class file below a directory, superclasses first. If one fails, the answer is an error; those that
%% compile are loaded all the same.
-spec load_dir(file:filename_all()) -> {ok, loaded()} | {error, failed()}.
load_dir(Path) ->
    case filelib:is_dir(Path) of
        true -> summary(beamtalk_source_loader:dir(Path));
        false -> load_file(Path)
    end.

summary(#{failed := [], loaded := Loaded}) ->
    {ok, loaded([One || {_, One} <- Loaded])};
summary(#{failed := Failed}) ->
    {error, #{diagnostics => lists:append([located(File, Failure) || {File, Failure} <- Failed])}}.

located(File, Failure) ->
    Path = unicode:characters_to_binary(File),
    [maps:merge(#{file => Path}, Diagnostic) || Diagnostic <- beamtalk_failure:diagnostics(Failure)].

loaded(All) ->
    #{
        classes => [Class || #{class := Class} <- All, Class =/= none],
        modules => [Module || #{module := Module} <- All],
        diagnostics => lists:append([Found || #{diagnostics := Found} <- All])
    }.

%%% Evaluating

%% @doc The value of an input; its variables are forgotten.
-spec eval(binary()) -> {ok, term()} | {error, reason()}.
eval(Source) when is_binary(Source) ->
    case beamtalk_caller_eval:value(Source) of
        #{result := {ok, Value}} -> {ok, value(Value)};
        #{result := {error, Failure}} -> {error, reason(Failure)}
    end.

%% @doc Evaluates with variables, atoms to values, and answers them as they are afterwards.
-spec eval(binary(), #{atom() => term()}) -> {ok, term(), #{atom() => term()}} | {error, reason()}.
eval(Source, Bindings) when is_binary(Source), is_map(Bindings) ->
    case beamtalk_caller_eval:evaluate(Source, Bindings) of
        #{result := {ok, Value}, bindings := Changed} -> {ok, value(Value), Changed};
        #{result := {error, Failure}} -> {error, reason(Failure)}
    end.

%% @doc A session keeps variables between inputs, as at the prompt.
-spec session_start() -> {ok, pid()} | {error, term()}.
session_start() ->
    beamtalk_session:start(#{capture => false}).

-spec session_eval(pid(), binary()) -> {ok, term()} | {error, reason()}.
session_eval(Session, Source) when is_binary(Source) ->
    case beamtalk_session:eval(Session, Source) of
        #{result := {ok, Value}} -> {ok, value(Value)};
        #{result := {error, Failure}} -> {error, reason(Failure)}
    end.

-spec session_stop(pid()) -> ok.
session_stop(Session) ->
    beamtalk_session:stop(Session).

value({value, Value}) -> Value;
value({_, Name, _}) -> Name.

reason({raised, Exception, _}) -> Exception;
reason({refused, Error}) -> beamtalk_error:to_exception(Error);
reason({compile, Diagnostics}) -> #{diagnostics => Diagnostics};
reason({text, Text}) -> Text.

%%% Objects

%% @doc An object of a value class with its default fields.
-spec new(atom()) -> term().
new(Class) ->
    call(existing(Class), new, []).

%% @doc The same with some fields given.
-spec new(atom(), #{atom() => term()}) -> term().
new(Class, Fields) ->
    call(existing(Class), 'new:', [Fields]).

%% @doc Starts an actor.
-spec spawn(atom()) -> beamtalk_tag:actor().
spawn(Class) ->
    call(existing(Class), spawn, []).

-spec spawn(atom(), #{atom() => term()}) -> beamtalk_tag:actor().
spawn(Class, Fields) ->
    call(existing(Class), 'spawnWith:', [Fields]).

existing(Class) ->
    case class(Class) of
        {ok, Reference} -> Reference;
        error -> beamtalk_error:raise(beamtalk_error:new(class_not_found, Class))
    end.

%% @doc Sends a message and answers its value; waits for an actor.
-spec call(receiver(), atom(), [term()]) -> term().
call(Receiver, Selector, Arguments) ->
    call(Receiver, Selector, Arguments, ?CALL_MS).

-spec call(receiver(), atom(), [term()], timeout()) -> term().
call(Receiver, Selector, Arguments, Timeout) when is_atom(Selector), is_list(Arguments) ->
    try
        await(dispatch(Receiver, Selector, Arguments), Timeout)
    catch
        Kind:Reason:Stack ->
            %% An error of Erlang's becomes the exception a handler in Beamtalk would get.
            erlang:raise(error, beamtalk_exception_handler:rejection(Kind, Reason, Stack), beamtalk_error:explained(Stack))
    end.

%% @doc Sends a message without waiting. The answer is a future, of a value too.
-spec send(receiver(), atom(), [term()]) -> beamtalk_future:future().
send(Receiver, Selector, Arguments) ->
    case dispatch(Receiver, Selector, Arguments) of
        {beamtalk_future, Pid} = Future when ?IS_FUTURE_KEY(Pid) -> Future;
        Value -> beamtalk_future:resolved(Value)
    end.

dispatch(Receiver, Selector, Arguments) when is_atom(Selector), is_list(Arguments) ->
    beamtalk_message_dispatch:send(object(Receiver), Selector, Arguments).

%% The name of a class means the class; other atoms are symbols.
object(Name) when is_atom(Name) -> beamtalk_class_registry:class_ref(Name);
object(Value) -> Value.

%% @doc The value of a future; raises what the actor raised. Other values answer themselves.
-spec await(term()) -> term().
await(Future) ->
    await(Future, ?CALL_MS).

-spec await(term(), timeout()) -> term().
await(Future, Timeout) ->
    beamtalk_future:await(Future, Timeout).

%%% Asking

%% @doc The class object of a name.
-spec class(atom()) -> {ok, beamtalk_tag:class_ref()} | error.
class(Name) when is_atom(Name) ->
    case beamtalk_class_registry:whereis_class(Name) of
        undefined -> error;
        Class -> {ok, Class}
    end.

%% @doc Names of all classes, sorted.
-spec classes() -> [atom()].
classes() ->
    beamtalk_class_registry:all_classes().

%% @doc The text of a value, by its `printString'.
-spec print_string(term()) -> binary().
print_string(Value) ->
    unicode:characters_to_binary(beamtalk_primitive:print_string(Value)).

%% @doc Prints what `:help' says of a class. `h/1' of the shells finds documentation in files of code only, as those of the library; this finds it
%% for every class, one that was loaded from its source or changed since too.
-spec help(atom()) -> ok | {error, binary()}.
help(Class) when is_atom(Class) ->
    printed(beamtalk_help:class(Class)).

%% @doc The same of one method.
-spec help(atom(), atom()) -> ok | {error, binary()}.
help(Class, Selector) when is_atom(Class), is_atom(Selector) ->
    printed(beamtalk_help:method(Class, Selector)).

printed({ok, Text}) -> io:put_chars([Text, $\n]);
printed({error, _} = Error) -> Error.
