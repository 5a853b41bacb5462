%%% @doc Stack frames as objects, made from a raw Erlang trace. Primitives of class StackFrame.
-module(beamtalk_stack_frame).

-include("beamtalk.hrl").

-export([from_trace/1]).
-export([method/1, arguments/1, receiver_class/1, module_name/1, file/1, line/1, source_location/1, print_string/1]).

-type frame() :: map().

%% @doc Frames, innermost first. The runtime's own functions that found the error and raised it are left out in front: the first frame is the code
%% that failed.
-spec from_trace(list()) -> [frame()].
from_trace(Trace) ->
    Frames = [F || F <- Trace, is_tuple(F), tuple_size(F) =:= 4],
    case lists:dropwhile(fun is_runtime/1, Frames) of
        [] -> [frame(F) || F <- Frames];
        OfPrograms -> [frame(F) || F <- OfPrograms]
    end.

is_runtime({Module, _, _, _}) ->
    case atom_to_list(Module) of
        %% Inputs of the prompt are programs.
        "beamtalk_repl_eval_" ++ _ -> false;
        "beamtalk_" ++ _ -> true;
        _ -> false
    end.

frame({Module, Function, Args, Location}) ->
    Frame = #{
        ?BT_TAG => 'StackFrame',
        method => beamtalk_selector:from_function(Function),
        arguments => count(Args),
        receiverClass => class_of(Module),
        moduleName => atom_to_binary(Module),
        file => file_of(Location),
        line => proplists:get_value(line, Location, nil)
    },
    Frame#{text => text(Frame)}.

count(Args) when is_list(Args) -> length(Args);
count(Arity) -> Arity.

file_of(Location) ->
    case proplists:get_value(file, Location) of
        undefined -> nil;
        File -> unicode:characters_to_binary(File)
    end.

class_of(Module) ->
    case beamtalk_class_registry:class_of_module(Module) of
        undefined -> guess(beamtalk_selector:class_candidates(Module));
        Class -> Class
    end.

%% A module that is not registered itself; the name must be that of a class.
guess({ok, Name}) ->
    case beamtalk_class_registry:named(Name) of
        {ok, Class} -> Class;
        error -> nil
    end;
guess(error) ->
    nil.

text(#{method := Method, arguments := N} = Frame) ->
    Class =
        case Frame of
            #{receiverClass := nil} -> <<"?">>;
            #{receiverClass := C} -> atom_to_binary(C)
        end,
    iolist_to_binary([Class, ">>", atom_to_binary(Method), "/", integer_to_binary(N), place(Frame)]).

place(#{file := nil}) -> [];
place(#{file := File, line := nil}) -> [" (", File, ")"];
place(#{file := File, line := Line}) -> [" (", File, ":", integer_to_binary(Line), ")"].

-spec method(frame()) -> atom().
method(Frame) -> maps:get(method, Frame, nil).

-spec arguments(frame()) -> non_neg_integer() | nil.
arguments(Frame) -> maps:get(arguments, Frame, nil).

-spec receiver_class(frame()) -> atom().
receiver_class(Frame) -> maps:get(receiverClass, Frame, nil).

-spec module_name(frame()) -> binary() | nil.
module_name(Frame) -> maps:get(moduleName, Frame, nil).

-spec file(frame()) -> binary() | nil.
file(Frame) -> maps:get(file, Frame, nil).

-spec line(frame()) -> pos_integer() | nil.
line(Frame) -> maps:get(line, Frame, nil).

-spec source_location(frame()) -> binary() | nil.
source_location(#{file := File, line := Line}) when File =/= nil, Line =/= nil ->
    <<File/binary, ":", (integer_to_binary(Line))/binary>>;
source_location(_) ->
    nil.

-spec print_string(frame()) -> binary().
print_string(#{text := Text}) -> Text;
print_string(_) -> <<"a StackFrame">>.
