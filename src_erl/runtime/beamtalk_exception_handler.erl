%%% @doc What generated code does when something is raised, and the protocol of exception objects.
%%%
%%% Whatever was raised becomes an exception object (`wrap/3', idempotent) with the trace it was caught with. Non-local
%%% returns are throws with a tag of their own and pass untouched. A raw Erlang failure keeps its class and reason in the
%%% details, so that a rejected future can raise exactly what the actor raised.
-module(beamtalk_exception_handler).

-include("beamtalk.hrl").

%% Called by generated code.
-export([handle/4, unwinding/3, block_unwinding/4, dead_home/0, match_failed/1, error/2, unreachable_code/0]).
%% Called by the other rooms.
-export([wrap/3, ensure_wrapped/3, matches_class/2, reduce_kind/2, wrong_arity/2]).
-export([rejection/3, raise_rejection/1]).
%% Primitives of class Exception.
-export([message/1, hint/1, kind/1, selector/1, error_class/1, stack_trace/1, print_string/1, signal/1, signal/2]).

-compile({no_auto_import, [error/2]}).

-define(NLR, '$beamtalk_nlr').

%% @doc The exception object if the filter matches; otherwise the failure goes on as it was.
-spec handle(error | exit | throw, term(), list(), term()) -> beamtalk_error:exception().
handle(throw, {?NLR, _, _} = Return, Stack, _) ->
    erlang:raise(throw, Return, Stack);
handle(Class, Reason, Stack, Filter) ->
    Exception = wrap(Class, Reason, Stack),
    case matches_class(Exception, Filter) of
        true -> Exception;
        false -> erlang:raise(Class, Reason, Stack)
    end.

%% @doc Before the cleanup of a failed `ensure:' in an actor: its fields go back to the state at entry. A non-local return is
%% no failure and keeps them.
-spec unwinding(error | exit | throw, term(), map() | undefined) -> ok.
unwinding(throw, {?NLR, _, _}, _) -> ok;
unwinding(_, _, undefined) -> ok;
unwinding(_, _, State) -> beamtalk_actor:set_state(State).

%% @doc The same in a block, which may run in another process: that one's fields are not touched.
-spec block_unwinding(error | exit | throw, term(), term(), map() | undefined) -> ok.
block_unwinding(throw, {?NLR, _, _}, _, _) -> ok;
block_unwinding(_, _, Self, State) -> beamtalk_actor:block_restore(Self, State).

%% @doc Code that stands for a compile error was run.
-spec unreachable_code() -> no_return().
unreachable_code() ->
    Error = beamtalk_error:new(internal_error, undefined),
    beamtalk_error:raise(beamtalk_error:with_message(Error, <<"This code did not compile">>)).

%% @doc `^' in a block whose method has already returned.
-spec dead_home() -> no_return().
dead_home() ->
    Error = beamtalk_error:new(dead_home, 'Block'),
    Message = <<"Cannot return from a method that has already returned">>,
    Hint = <<"A block with ^ can only be evaluated while its method is running">>,
    beamtalk_error:raise(beamtalk_error:with_hint(beamtalk_error:with_message(Error, Message), Hint)).

%% @doc No arm of `match:' fits.
-spec match_failed(term()) -> no_return().
match_failed(Value) ->
    erlang:error({case_clause, Value}).

%% @doc `anObject error: message'.
-spec error(term(), term()) -> no_return().
error({beamtalk_future, P} = F, Message) when ?IS_FUTURE_KEY(P) ->
    error(beamtalk_future:await(F), Message);
error(Receiver, Message) ->
    Error = beamtalk_error:new(user_error, class_name(Receiver)),
    Exception = #{?BT_TAG => error_exception(Receiver), error => beamtalk_error:with_message(Error, text(Message))},
    beamtalk_error:raise(Exception).

class_name({beamtalk_object, _, _, N}) when is_atom(N) -> N;
class_name(V) -> beamtalk_tag:class_name_of(V).

%% An exception that sends `error:' raises one of its own class.
error_exception(#{?BT_TAG := Class}) ->
    case beamtalk_error:is_exception_class(Class) of
        true -> Class;
        false -> 'Error'
    end;
error_exception(_) ->
    'Error'.

text(Message) when is_binary(Message) -> Message;
text(Message) when is_atom(Message) -> atom_to_binary(Message);
text(Message) -> beamtalk_printer:term_text(Message).

%%% Wrapping

%% @doc The exception object for anything raised. The trace of the first catch is kept.
-spec wrap(error | exit | throw, term(), list()) -> beamtalk_error:exception().
wrap(error, #{?BT_TAG := _, error := #beamtalk_error{}, stacktrace := _} = Exception, _) ->
    Exception;
wrap(error, #{?BT_TAG := _, error := #beamtalk_error{}} = Exception, Stack) ->
    Exception#{stacktrace => Stack};
wrap(error, #beamtalk_error{message = Message} = Error, Stack) when is_binary(Message) ->
    (beamtalk_error:to_exception(Error))#{stacktrace => Stack};
wrap(Class, Reason, Stack) ->
    Error = (raw(Class, Reason, Stack))#beamtalk_error{details = #{reason => Reason, class => Class}},
    (beamtalk_error:to_exception(Error))#{stacktrace => Stack}.

%% @doc As `wrap/3'; the name says that an exception object is welcome.
-spec ensure_wrapped(error | exit | throw, term(), list()) -> beamtalk_error:exception().
ensure_wrapped(Class, Reason, Stack) -> wrap(Class, Reason, Stack).

raw(error, undef, [{M, F, Args, _} | _]) ->
    A =
        case is_list(Args) of
            true -> length(Args);
            false -> Args
        end,
    Text = io_lib:format("Undefined function: ~ts:~ts/~b", [M, F, A]),
    Error = beamtalk_error:with_message(beamtalk_error:new(runtime_error, undefined), Text),
    beamtalk_error:with_hint(Error, <<"Check that the module is loaded and the function exists">>);
raw(error, {badarity, {Fun, Args}}, _) when is_function(Fun), is_list(Args) ->
    wrong_arity(Fun, length(Args));
raw(error, {badfun, Fun}, _) when is_function(Fun) ->
    Error = beamtalk_error:new(runtime_error, 'Block'),
    Hint = <<"Its class was loaded again more than once since the block was made; make it again">>,
    beamtalk_error:with_hint(beamtalk_error:with_message(Error, <<"The code of this block is no longer loaded">>), Hint);
raw(error, Reason, _) ->
    plain(runtime_error, Reason);
raw(exit, Reason, _) ->
    plain(erlang_exit, Reason);
raw(throw, Reason, _) ->
    plain(erlang_throw, Reason).

plain(Kind, Reason) ->
    beamtalk_error:with_message(beamtalk_error:new(Kind, undefined), beamtalk_printer:term_text(Reason)).

%% @doc The error of a block evaluated with the wrong number of arguments.
-spec wrong_arity(function(), non_neg_integer()) -> beamtalk_error:error().
wrong_arity(Fun, Given) ->
    {arity, Expected} = erlang:fun_info(Fun, arity),
    Text = io_lib:format(
        "Wrong number of arguments: block expects ~b but was called with ~b", [Expected, Given]
    ),
    Error = beamtalk_error:with_message(beamtalk_error:new(arity_mismatch, 'Block'), Text),
    beamtalk_error:with_hint(Error, <<"Check that your block has the right number of parameters">>).

%% @doc Does an `on:do:' filter match? nil matches everything; a class object or a symbol by the class chain.
-spec matches_class(beamtalk_error:exception(), term()) -> boolean().
matches_class(_, nil) -> true;
matches_class(#{?BT_TAG := Class}, {beamtalk_object, Tag, _, Name}) when is_atom(Name), Tag =/= 'Metaclass' ->
    beamtalk_error:matches(Class, Name);
matches_class(#{?BT_TAG := Class}, Name) when is_atom(Name) ->
    beamtalk_error:matches(Class, Name);
matches_class(_, _) -> false.

%% @doc The kind `should:raise:' and `ERROR:' expectations compare: of an exception its kind, of a raw Erlang error its atom.
-spec reduce_kind(error | exit | throw, term()) -> atom().
reduce_kind(_, #{error := #beamtalk_error{kind = runtime_error, details = #{class := error, reason := R}}}) when is_atom(R) -> R;
reduce_kind(_, #{error := #beamtalk_error{kind = Kind}}) -> Kind;
reduce_kind(_, #beamtalk_error{kind = Kind}) when is_atom(Kind) -> Kind;
reduce_kind(Class, {future_rejected, Reason}) -> reduce_kind(Class, Reason);
reduce_kind(error, Reason) when is_atom(Reason) -> Reason;
reduce_kind(_, _) -> error.

%%% Rejections: a failure that travels in a message.

%% @doc What an actor sends instead of an answer.
-spec rejection(error | exit | throw, term(), list()) -> beamtalk_error:exception().
rejection(throw, {?NLR, _, _}, Stack) ->
    try
        dead_home()
    catch
        error:Exception -> wrap(error, Exception, Stack)
    end;
rejection(Class, Reason, Stack) ->
    wrap(Class, Reason, Stack).

%% @doc Raises here what was raised there; a raw failure with its own class and reason.
-spec raise_rejection(term()) -> no_return().
raise_rejection(#{error := #beamtalk_error{details = #{class := Class, reason := Reason}}} = Exception) when
    Class =:= error; Class =:= exit; Class =:= throw
->
    erlang:raise(Class, Reason, frames_only(maps:get(stacktrace, Exception, [])));
raise_rejection(#{?BT_TAG := _, error := _} = Exception) ->
    beamtalk_error:raise(Exception);
raise_rejection(#beamtalk_error{} = Error) ->
    beamtalk_error:raise(Error);
raise_rejection(Reason) ->
    erlang:throw(Reason).

%% erlang:raise/3 answers badarg instead of raising when a frame has another shape.
frames_only(Stack) ->
    [F || {M, Fun, _, Location} = F <- Stack, is_atom(M), is_atom(Fun), is_list(Location)].

%%% Protocol of exception objects. A fresh one has no record and answers nil.

-spec message(map()) -> term().
message(#{error := #beamtalk_error{message = Message}}) -> Message;
message(_) -> nil.

-spec hint(map()) -> term().
hint(#{error := #beamtalk_error{hint = Hint}}) -> beamtalk_error:to_nil(Hint);
hint(_) -> nil.

-spec kind(map()) -> atom().
kind(#{error := #beamtalk_error{kind = Kind}}) -> Kind;
kind(_) -> nil.

-spec selector(map()) -> atom().
selector(#{error := #beamtalk_error{selector = Selector}}) -> beamtalk_error:to_nil(Selector);
selector(_) -> nil.

%% @doc A symbol; `undefined' when the failure names no class.
-spec error_class(map()) -> atom().
error_class(#{error := #beamtalk_error{class = Class}}) -> Class;
error_class(_) -> nil.

-spec stack_trace(map()) -> [map()].
stack_trace(#{stacktrace := Stack}) -> beamtalk_stack_frame:from_trace(Stack);
stack_trace(_) -> [].

%% @doc The message; with a hint a list of three strings (`language.md' section 8).
-spec print_string(map()) -> binary() | [binary()].
print_string(#{error := #beamtalk_error{message = Message, hint = undefined}}) -> Message;
print_string(#{error := #beamtalk_error{message = Message, hint = Hint}}) -> [Message, <<"\nHint: ">>, Hint];
print_string(V) -> beamtalk_printer:print_string(V).

%% @doc A fresh exception is raised with its class name as message, a caught one again as it is.
-spec signal(term()) -> no_return().
signal(#{error := #beamtalk_error{details = #{class := _, reason := _}}} = Exception) -> raise_rejection(Exception);
signal(#{error := #beamtalk_error{}} = Exception) -> beamtalk_error:raise(Exception);
signal(#{?BT_TAG := Class} = Exception) -> signal(Exception, atom_to_binary(Class));
signal({beamtalk_object, _, _, Class}) when is_atom(Class) ->
    signal(beamtalk_class_instantiation:new(beamtalk_class_registry:class_ref(Class))).

%% @doc Raises with the message; on a caught exception a new one of the same class.
-spec signal(term(), term()) -> no_return().
signal(#{?BT_TAG := Class} = Exception, Message) ->
    Error = beamtalk_error:with_message(beamtalk_error:new(signal, Class), text(Message)),
    beamtalk_error:raise((maps:remove(stacktrace, Exception))#{error => Error});
signal({beamtalk_object, _, _, Class}, Message) when is_atom(Class) ->
    signal(beamtalk_class_instantiation:new(beamtalk_class_registry:class_ref(Class)), Message).
