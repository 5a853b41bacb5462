%%% @doc Why an input was not evaluated or a class not loaded, and the words for it.
%%%
%%% The one place where failures become text for people: at the prompt, in test reports, for the command line.
-module(beamtalk_failure).

-include("beamtalk.hrl").

-export([text/1, located_text/1, file_text/1, kinds/1, exception/1, message/1, frames/1, frames_of/1, diagnostics/1]).
-export([raised/3, refused/1, simple/1]).

-export_type([failure/0]).

-type failure() ::
    %% Diagnostics of a compilation; at least one is an error.
    {compile, [beamtalk_compiler_backend:diagnostic()]}
    %% Something was raised: the exception object, and the kind expectations compare.
    | {raised, beamtalk_error:exception(), Kind :: atom()}
    %% The runtime refused a class.
    | {refused, beamtalk_error:error()}
    %% Anything else, in words.
    | {text, binary()}.

-spec raised(error | exit | throw, term(), list()) -> failure().
raised(Class, Reason, Stack) ->
    Exception = beamtalk_exception_handler:rejection(Class, Reason, Stack),
    {raised, with_caller(Exception, Stack), beamtalk_exception_handler:reduce_kind(Class, Reason)}.

%% What an actor raised has the actor's trace; the place that waited for it belongs to the story.
with_caller(#{stacktrace := Stack} = Exception, Stack) -> Exception;
with_caller(#{stacktrace := Own} = Exception, Stack) -> Exception#{stacktrace := Own ++ [F || F <- Stack, not lists:member(F, Own)]}.

-spec refused(beamtalk_error:error()) -> failure().
refused(Error) ->
    {refused, Error}.

-spec simple(unicode:chardata()) -> failure().
simple(Text) ->
    {text, unicode:characters_to_binary(Text)}.

%% @doc The whole text: of an exception its class, message and hint; of a compilation all its errors.
-spec text(failure()) -> binary().
text({raised, #{?BT_TAG := Class} = Exception, _}) ->
    <<(atom_to_binary(Class))/binary, ": ", (message({raised, Exception, none}))/binary>>;
text(Failure) ->
    message(Failure).

%% @doc The text without the class of the exception.
-spec message(failure()) -> binary().
message({compile, Diagnostics}) ->
    Errors = [diagnostic(D) || #{severity := <<"error">>} = D <- Diagnostics],
    iolist_to_binary(lists:join("\n\n", Errors));
message({raised, Exception, _}) ->
    beamtalk_error:format(Exception);
message({refused, Error}) ->
    beamtalk_error:format(Error);
message({text, Text}) ->
    Text.

%% @doc The text with lines and columns of compile errors.
-spec located_text(failure()) -> binary().
located_text({compile, Diagnostics}) ->
    Errors = [
        [integer_to_list(Line), $:, integer_to_list(Column), ": ", diagnostic(D)]
     || #{severity := <<"error">>, line := Line, column := Column} = D <- Diagnostics
    ],
    iolist_to_binary(lists:join("\n", Errors));
located_text(Failure) ->
    text(Failure).

%% @doc The same behind the file it is about, if it is about one.
-spec file_text(failure() | {file:filename_all(), failure()}) -> unicode:chardata().
file_text({File, Failure}) when not is_atom(File) -> [File, ": ", located_text(Failure)];
file_text(Failure) -> located_text(Failure).

diagnostic(#{message := Message, hint := Hint}) when is_binary(Hint) -> [Message, "\nHint: ", Hint];
diagnostic(#{message := Message}) -> Message.

%% @doc What `ERROR: kind' in an expression test is compared with: the kind, and the reason of a plain Erlang failure.
-spec kinds(failure()) -> [atom()].
kinds({raised, Exception, Kind}) -> [Kind, beamtalk_exception_handler:kind(Exception) | plain_reason(Exception)];
kinds({refused, #beamtalk_error{kind = Kind}}) -> [Kind];
kinds(_) -> [error].

plain_reason(#{error := #beamtalk_error{details = #{reason := Reason}}}) when is_atom(Reason) -> [Reason];
plain_reason(_) -> [].

%% @doc The exception object, if there is one.
-spec exception(failure()) -> {ok, beamtalk_error:exception()} | none.
exception({raised, Exception, _}) -> {ok, Exception};
exception(_) -> none.

-spec diagnostics(failure()) -> [beamtalk_compiler_backend:diagnostic()].
diagnostics({compile, Diagnostics}) -> Diagnostics;
diagnostics(Failure) -> [beamtalk_compiler_backend:failure(<<"load/refused">>, message(Failure), undefined)].

%% @doc Where it was raised, innermost first: the frames of Beamtalk code.
-spec frames(failure()) -> [binary()].
frames({raised, #{stacktrace := Stack}, _}) -> frames_of(Stack);
frames(_) -> [].

%% @doc The same for a trace.
-spec frames_of(list()) -> [binary()].
frames_of(Stack) ->
    [Text || Frame <- Stack, {ok, Text} <- [frame(Frame)]].

frame({Module, Function, Arguments, Location}) ->
    case {atom_to_list(Module), proplists:get_value(file, Location), proplists:get_value(line, Location)} of
        {"bt@stdlib@" ++ _, _, _} -> none;
        {"bt@" ++ _, _, _} -> {ok, method_frame({Module, Function, Arguments, Location})};
        {"beamtalk_repl_eval_" ++ _, File, Line} when File =/= undefined, Line =/= undefined ->
            {ok, unicode:characters_to_binary(io_lib:format("~ts:~b", [File, Line]))};
        _ -> none
    end;
frame(_) ->
    none.

%% `Counter>>increment (src/counter.bt:12)': what a person calls the method, not the Erlang function behind it.
method_frame({_, Function, Arguments, _} = Frame) ->
    [Object] = beamtalk_stack_frame:from_trace([Frame]),
    Selector = beamtalk_stack_frame:method(Object),
    Class =
        case beamtalk_stack_frame:receiver_class(Object) of
            nil -> <<"?">>;
            Name -> atom_to_binary(Name)
        end,
    Side =
        case arity(Arguments) - beamtalk_selector:arity(Selector) of
            2 when Function =:= Selector -> <<" class">>;
            _ -> <<>>
        end,
    Place =
        case beamtalk_stack_frame:source_location(Object) of
            nil -> <<>>;
            Location -> <<" (", Location/binary, ")">>
        end,
    <<Class/binary, Side/binary, ">>", (atom_to_binary(Selector))/binary, Place/binary>>.

arity(Arguments) when is_list(Arguments) -> length(Arguments);
arity(Arity) -> Arity.
