%%% @doc Where a test failed: the line of its own class that the failure came out of, and the way there. Pure but for reading the registry.
-module(beamtalk_test_trace).

-export([of_failure/2, of_process/2, beginning/2]).

-type found() :: #{line => pos_integer(), file => binary(), trace => [binary()]}.

%% @doc The place of a failure in the code of the test class or its ancestors.
-spec of_failure(atom(), beamtalk_failure:failure()) -> found().
of_failure(Class, {raised, #{stacktrace := Stack}, _}) -> found(Class, Stack);
of_failure(_, _) -> #{}.

%% @doc Where a process is right now.
-spec of_process(atom(), pid()) -> found().
of_process(Class, Pid) ->
    case process_info(Pid, current_stacktrace) of
        {current_stacktrace, Stack} -> found(Class, Stack);
        undefined -> #{}
    end.

found(Class, Stack) ->
    Own = [beamtalk_class_registry:module_of(C) || C <- own_classes(Class)],
    Placed = [
        {unicode:characters_to_binary(File), Line}
     || {Module, _, _, Location} <- Stack,
        lists:member(Module, Own),
        {file, File} <- [lists:keyfind(file, 1, Location)],
        {line, Line} <- [lists:keyfind(line, 1, Location)]
    ],
    case {Placed, distinct([Frame || Frame <- beamtalk_failure:frames_of(Stack), binary:match(Frame, <<" (">>) =/= nomatch])} of
        {[{File, Line} | _], Way} when length(Way) < 2 -> #{file => File, line => Line};
        {[{File, Line} | _], Way} -> #{file => File, line => Line, trace => Way};
        {[], []} -> #{};
        {[], Way} -> #{trace => Way}
    end.

own_classes(Class) ->
    [C || C <- beamtalk_class_registry:ancestors(Class), C =/= 'TestCase', beamtalk_class_registry:inherits_from(C, 'TestCase')].

%% A method and its blocks, or a recursion, stand at one place several times.
distinct([A, A | Rest]) -> distinct([A | Rest]);
distinct([A | Rest]) -> [A | distinct(Rest)];
distinct([]) -> [].

%% @doc Where the method begins.
-spec beginning(atom(), atom()) -> found().
beginning(Class, Test) ->
    Found = [
        located(Meta, Line)
     || C <- own_classes(Class),
        Meta <- [beamtalk_class_registry:meta(C)],
        {Selector, _, _, _, _, Line, _} <- maps:get(methods, Meta, []),
        Selector =:= Test
    ],
    case Found of
        [Place | _] -> Place;
        [] -> #{}
    end.

located(#{file := File}, Line) when is_binary(File) -> #{file => File, line => Line};
located(_, Line) -> #{line => Line}.
