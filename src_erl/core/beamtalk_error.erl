%%% @doc The one constructor of Beamtalk errors.
%%%
%%% An error is a record; what is raised is an exception object, a tagged map that holds the record. Default message
%%% texts are the table `text/3'. Called by every room. Pure, except that the exception class of a record whose class is
%%% itself an exception class is read from the class's row when it is registered.
-module(beamtalk_error).

-include("beamtalk.hrl").

-export([new/2, new/3, with_selector/2, with_hint/2, with_message/2, with_details/2]).
-export([raise/1, raise/4, to_exception/1]).
-export([exception_class/2, is_exception_class/1, superclass/1, matches/2]).
-export([explained/1, format/1, format_error/2, to_nil/1]).

-export_type([error/0, exception/0]).

-type error() :: #beamtalk_error{}.
-type exception() :: #{?BT_TAG := atom(), error := error(), atom() => term()}.

%% Walks up the class table stop here, so a corrupt chain cannot loop.
-define(MAX_DEPTH, 40).

-spec new(atom(), atom()) -> error().
new(Kind, Class) ->
    new(Kind, Class, undefined).

-spec new(atom(), atom(), atom()) -> error().
new(Kind, Class, Selector) ->
    #beamtalk_error{
        kind = Kind,
        class = Class,
        selector = Selector,
        message = text(Kind, text_of(Class), Selector)
    }.

%% @doc Sets the selector and renews the default message.
-spec with_selector(error(), atom()) -> error().
with_selector(#beamtalk_error{kind = Kind, class = Class} = Error, Selector) ->
    Error#beamtalk_error{selector = Selector, message = text(Kind, text_of(Class), Selector)}.

-spec with_hint(error(), unicode:chardata() | undefined) -> error().
with_hint(Error, undefined) ->
    Error#beamtalk_error{hint = undefined};
with_hint(Error, Hint) ->
    Error#beamtalk_error{hint = unicode:characters_to_binary(Hint)}.

-spec with_message(error(), unicode:chardata()) -> error().
with_message(Error, Message) ->
    Error#beamtalk_error{message = unicode:characters_to_binary(Message)}.

-spec with_details(error(), map()) -> error().
with_details(Error, Details) ->
    Error#beamtalk_error{details = Details}.

%% @doc Raises an error record, or an exception object as it is.
-spec raise(error() | exception()) -> no_return().
raise(#beamtalk_error{} = Error) ->
    raise(to_exception(Error));
raise(#{?BT_TAG := _} = Exception) ->
    erlang:error(Exception, none, [{error_info, #{module => ?MODULE}}]).

%% @doc The trace of an error whose reason is an exception object by now: shells ask this module for its text.
-spec explained(list()) -> list().
explained([{Module, Function, Arguments, Location} | Rest]) ->
    [{Module, Function, Arguments, lists:keystore(error_info, 1, Location, {error_info, #{module => ?MODULE}})} | Rest];
explained(Stack) ->
    Stack.

-spec raise(atom(), atom(), atom(), unicode:chardata() | undefined) -> no_return().
raise(Kind, Class, Selector, Hint) ->
    raise(with_hint(new(Kind, Class, Selector), Hint)).

%% @doc The exception object for a record; an exception object answers itself.
-spec to_exception(error() | exception()) -> exception().
to_exception(#beamtalk_error{kind = Kind, class = Class} = Error) ->
    #{?BT_TAG => exception_class(Kind, Class), error => Error};
to_exception(#{?BT_TAG := _} = Exception) ->
    Exception.

%% @doc The exception class of a record. A class that is itself an exception class wins over the kind.
-spec exception_class(atom(), atom()) -> atom().
exception_class(Kind, Class) ->
    case is_exception_class(Class) of
        true -> Class;
        false -> class_of_kind(Kind)
    end.

-spec is_exception_class(atom()) -> boolean().
is_exception_class(Class) ->
    matches(Class, 'Exception').

%% @doc Does a handler for `Filter' catch exceptions of `Class'? Only exception classes match.
-spec matches(atom(), atom()) -> boolean().
matches(Class, Filter) ->
    case path(Class, ?MAX_DEPTH, []) of
        none -> false;
        Path -> lists:member(Filter, Path)
    end.

%% Classes from Class up to Exception, or none when Exception is not among the ancestors.
path('Exception', _, Path) -> ['Exception' | Path];
path(none, _, _) -> none;
path(_, 0, _) -> none;
path(Class, N, Path) -> path(superclass(Class), N - 1, [Class | Path]).

%% @doc Superclass of an exception class: built in, else from the registered row.
-spec superclass(atom()) -> atom().
superclass('Error') -> 'Exception';
superclass('RuntimeError') -> 'Error';
superclass('TypeError') -> 'Error';
superclass('InstantiationError') -> 'Error';
superclass('BEAMError') -> 'Error';
superclass('ExitError') -> 'BEAMError';
superclass('ThrowError') -> 'BEAMError';
superclass(Class) ->
    case persistent_term:get({beamtalk_row, Class}, none) of
        none -> none;
        Row -> element(2, Row)
    end.

class_of_kind(type_error) -> 'TypeError';
class_of_kind(instantiation_error) -> 'InstantiationError';
class_of_kind(erlang_exit) -> 'ExitError';
class_of_kind(erlang_throw) -> 'ThrowError';
class_of_kind(Kind) ->
    case lists:member(Kind, runtime_kinds()) of
        true -> 'RuntimeError';
        false -> 'Error'
    end.

runtime_kinds() ->
    [
        does_not_understand, arity_mismatch, immutable_value, runtime_error, index_out_of_bounds,
        class_not_found, no_superclass, class_already_exists, dispatch_error, callback_failed, actor_dead,
        future_not_awaited, internal_error, not_permitted
    ].

%%% Default texts: kind, class text, selector or undefined.

text(does_not_understand, C, undefined) -> join([C, " does not understand message"]);
text(does_not_understand, C, S) -> join([C, " does not understand '", S, "'"]);
text(immutable_value, C, undefined) -> join(["Cannot mutate ", C, " (immutable value)"]);
text(immutable_value, C, S) -> join(["Cannot call '", S, "' on ", C, " (immutable value)"]);
text(arity_mismatch, C, undefined) -> join(["Wrong number of arguments to ", C, " method"]);
text(arity_mismatch, C, S) -> join(["Wrong number of arguments to '", S, "' on ", C]);
text(type_error, C, undefined) -> join(["Type error in ", C]);
text(type_error, C, S) -> join(["Type error in '", S, "' on ", C]);
text(instantiation_error, C, undefined) -> join(["Cannot instantiate ", C]);
text(instantiation_error, C, S) -> join(["Cannot call '", S, "' on ", C]);
text(actor_dead, C, undefined) -> join([C, " actor process has terminated"]);
text(actor_dead, C, S) -> join(["Cannot send '", S, "' to ", C, " (actor process has terminated)"]);
text(class_not_found, C, undefined) -> join(["Class '", C, "' not found"]);
text(class_not_found, C, S) -> join(["Class '", C, "' not found (while resolving '", S, "')"]);
text(no_superclass, C, undefined) -> join([C, " has no superclass"]);
text(no_superclass, C, S) -> join([C, " has no superclass (cannot resolve '", S, "' via super)"]);
text(class_already_exists, C, undefined) -> join(["Class '", C, "' already exists"]);
text(class_already_exists, C, S) -> join(["Class '", C, "' already exists (via '", S, "')"]);
text(stdlib_shadowing, C, undefined) -> join(["Cannot redefine stdlib class '", C, "'"]);
text(stdlib_shadowing, C, S) -> join(["Cannot redefine stdlib class '", C, "' (via '", S, "')"]);
text(file_not_found, C, S) -> file_text(C, S, "file not found");
text(permission_denied, C, S) -> file_text(C, S, "permission denied");
text(invalid_path, C, S) -> file_text(C, S, "invalid file path");
text(io_error, C, S) -> file_text(C, S, "I/O error");
text(future_not_awaited, _, undefined) -> <<"Sent message to a Future">>;
text(future_not_awaited, _, S) -> join(["Sent '", S, "' to a Future"]);
text(internal_error, C, undefined) -> join(["Internal error in ", C]);
text(internal_error, C, S) -> join(["Internal error in '", S, "' on ", C]);
text(dispatch_error, C, undefined) -> join(["Dispatch error for ", C]);
text(dispatch_error, C, S) -> join(["Dispatch error for '", S, "' on ", C]);
text(callback_failed, C, undefined) -> join(["Callback failed for ", C]);
text(callback_failed, C, S) -> join(["Callback '", S, "' failed for ", C]);
text(user_error, _, undefined) -> <<"Error">>;
text(user_error, _, S) -> join([S]);
text(Kind, C, undefined) -> join([text_of(Kind), " error in ", C]);
text(Kind, C, S) -> join([text_of(Kind), " error in '", S, "' on ", C]).

file_text(C, undefined, What) -> join([C, ": ", What]);
file_text(C, S, What) -> join([C, " '", S, "': ", What]).

join(Parts) ->
    unicode:characters_to_binary([part(P) || P <- Parts]).

part(P) when is_atom(P) -> atom_to_binary(P);
part(P) -> P.

text_of(undefined) -> <<"unknown">>;
text_of(Atom) when is_atom(Atom) -> atom_to_binary(Atom);
text_of(Other) -> unicode:characters_to_binary(io_lib:format("~tp", [Other])).

%% @doc Formatted error: the message, then a line `Hint: ...' when there is one.
-spec format(error() | exception()) -> binary().
format(#{error := #beamtalk_error{} = Error}) ->
    format(Error);
format(#{?BT_TAG := Class}) ->
    <<"a ", (atom_to_binary(Class))/binary>>;
format(#beamtalk_error{message = Message, hint = undefined}) ->
    Message;
format(#beamtalk_error{message = Message, hint = Hint}) ->
    <<Message/binary, "\nHint: ", Hint/binary>>.

%% @doc EEP-54: text for the shell when an exception object is not caught.
-spec format_error(term(), list()) -> map().
format_error(#{?BT_TAG := Class} = Exception, _Stack) ->
    %% A binary: Elixir takes nothing else.
    #{general => iolist_to_binary([atom_to_binary(Class), ": ", format(Exception)])};
format_error(_, _) ->
    #{}.

%% @doc Absent fields of the record are nil in Beamtalk.
-spec to_nil(term()) -> term().
to_nil(undefined) -> nil;
to_nil(Value) -> Value.
