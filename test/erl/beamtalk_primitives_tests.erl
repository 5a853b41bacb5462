%% The table of primitives and the library agree: a row for every pragma and none besides, and every function is exported.
-module(beamtalk_primitives_tests).

-include_lib("eunit/include/eunit.hrl").

every_function_is_exported_test() ->
    Missing = [
        {Module, Function, Arity, Selector}
     || {_, Selector, Module, Function} <- rows(), Arity <- [arity(Selector) + 1], not exported(Module, Function, Arity)
    ],
    ?assertEqual([], Missing).

exported(erlang, Function, Arity) ->
    erlang:is_builtin(erlang, Function, Arity) orelse erlang:function_exported(erlang, Function, Arity);
exported(Module, Function, Arity) ->
    {module, Module} =:= code:ensure_loaded(Module) andalso erlang:function_exported(Module, Function, Arity).

arity(Selector) ->
    beamtalk_selector:arity(list_to_atom(Selector)).

every_pragma_has_a_row_and_every_row_a_pragma_test() ->
    ?assertEqual(lists:sort(pragmas()), lists:sort([{Class, Selector} || {Class, Selector, _, _} <- rows()])).

every_class_has_a_file_test() ->
    ?assertEqual(55, length(files())).

%%% The two texts.

rows() ->
    {ok, Text} = file:read_file(filename:join(beamtalk_self_hosting:root(), "native/bt-hir/src/primitives.rs")),
    Pattern = "^    (instance|class)\\(\"(.*?)\", \"(.*?)\", \"(.*?)\", \"(.*?)\"\\),$",
    {match, Found} = re:run(Text, Pattern, [global, multiline, {capture, all_but_first, list}]),
    [{{Side, Class}, Selector, list_to_atom(M), list_to_atom(F)} || [Side, Class, Selector, M, F] <- Found].

pragmas() ->
    lists:append([pragmas(File) || File <- files()]).

pragmas(File) ->
    {ok, Text} = file:read_file(File),
    Class = filename:basename(File, ".bt"),
    case re:run(Text, "^  ((?:class |sealed )*).* => @primitive \"(.*)\"$", [global, multiline, {capture, all_but_first, list}]) of
        {match, Found} -> [{{side(Modifiers), Class}, Selector} || [Modifiers, Selector] <- Found];
        nomatch -> []
    end.

side(Modifiers) ->
    case string:find(Modifiers, "class ") of
        nomatch -> "instance";
        _ -> "class"
    end.

files() ->
    filelib:wildcard(filename:join(beamtalk_self_hosting:root(), "stdlib/src/*/*.bt")).

