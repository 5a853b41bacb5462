%%% @doc Makes class modules as docs/abi.md describes them, from Erlang text, so that the runtime can be tested alone.
-module(beamtalk_fixtures).

-export([start/0, stop/1, load/1, beam/1, base/0]).

%% @doc Runtime without library, plus the few root classes the tests need.
-spec start() -> pid().
start() ->
    {ok, Sup} = beamtalk_runtime_sup:start_link(),
    true = unlink(Sup),
    _ = [{ok, _} = load(Spec) || Spec <- base()],
    Sup.

-spec stop(pid()) -> ok.
stop(Sup) ->
    Ref = monitor(process, Sup),
    _ = [persistent_term:erase(K) || C <- beamtalk_class_registry:all_classes(),
         K <- [C, {beamtalk_class, C}, {beamtalk_super, C}, {beamtalk_row, C}]],
    exit(Sup, shutdown),
    receive {'DOWN', Ref, process, _, _} -> ok end,
    _ = [begin code:purge(M), code:delete(M), code:purge(M) end
         || {M, _} <- code:all_loaded(), lists:prefix("bt@", atom_to_list(M))],
    ok.

-spec load(map()) -> {ok, map()} | {error, term()}.
load(Spec) ->
    {Module, Binary} = beam(Spec),
    beamtalk_loader:load(Module, Binary).

%% @doc Keys: class, superclass, kind, module, modifiers, fields and class_vars [{Name, Expr}],
%% methods and class_methods [{Selector, ArgNames, Body}], source and ranges of docs and methods by `meta'.
-spec beam(map()) -> {module(), binary()}.
beam(Spec0) ->
    Class = maps:get(class, Spec0),
    Spec = maps:merge(
        #{superclass => 'Object', kind => value, module => beamtalk_selector:module_for_class(Class),
          modifiers => [], fields => [], class_vars => [], methods => [], class_methods => [], meta => #{}},
        Spec0),
    #{superclass := Super, kind := Kind, module := Module, fields := Fields, methods := Methods,
      class_vars := Vars, class_methods := ClassMethods} = Spec,
    Meta = maps:merge(
        #{version => 1, class => Class, superclass => Super, kind => Kind, module => Module,
          modifiers => maps:get(modifiers, Spec), fields => [F || {F, _} <- Fields], class_vars => [V || {V, _} <- Vars],
          source => <<>>, file => nil, doc => nil,
          methods => [{S, false, 0, 0, nil, 1, atom_to_binary(S)} || {S, _, _} <- Methods],
          class_methods => [{S, false, 0, 0, nil, 1, atom_to_binary(S)} || {S, _, _} <- ClassMethods],
          delegates => []},
        maps:get(meta, Spec)),
    Own = [S || {S, _, _} <- ClassMethods],
    Text = [
        io_lib:format("-module(~tp).~n-compile([export_all, nowarn_export_all]).~n-on_load(register_class/0).~n", [Module]),
        io_lib:format("-beamtalk_class([{~tp, ~tp}]).~n", [Class, Super]),
        io_lib:format("'__beamtalk__'() -> ~tp.~n", [Meta]),
        "register_class() -> beamtalk_class_builder:register('__beamtalk__'()).\n",
        "'$handle_undefined_function'(F, A) -> beamtalk_dispatch:undefined(?MODULE, F, A).\n",
        io_lib:format("'$fields'() -> maps:merge(beamtalk_class_instantiation:fields(~tp), #{~ts}).~n", [Super, map_body(Fields)]),
        [io_lib:format("'$class_var'(~tp) -> ~ts;~n", [V, Default]) || {V, Default} <- Vars],
        "'$class_var'(_) -> nil.\n",
        "dispatch(Sel, Args, Self) -> beamtalk_dispatch:send(?MODULE, Sel, Args, Self).\n",
        [maker(S, Own) || S <- makers(Kind)],
        [function(beamtalk_selector:function_name(S), ["Self" | A], B) || {S, A, B} <- Methods],
        [function(S, ["Self" | A] ++ ["_"], B) || {S, A, B} <- ClassMethods]
    ],
    {ok, Module, Binary} = compile:forms(forms(lists:flatten(Text)), [return_errors, debug_info]),
    {Module, Binary}.

makers(value) -> [new, 'new:'];
makers(actor) -> [spawn, 'spawnWith:'].

maker(Sel, Own) ->
    case lists:member(Sel, Own) of
        true -> [];
        false -> maker(Sel)
    end.

maker(new) -> "new(Self, _) -> beamtalk_class_instantiation:new(Self).\n";
maker('new:') -> "'new:'(Self, D, _) -> beamtalk_class_instantiation:new(Self, D).\n";
maker(spawn) -> "spawn(Self, _) -> beamtalk_class_instantiation:spawn(Self).\n";
maker('spawnWith:') -> "'spawnWith:'(Self, D, _) -> beamtalk_class_instantiation:spawn(Self, D).\n".

map_body(Pairs) -> lists:join(", ", [io_lib:format("~tp => ~ts", [N, E]) || {N, E} <- Pairs]).

function(Name, Args, Body) ->
    io_lib:format("~tp(~ts) -> ~ts.~n", [Name, lists:join(", ", Args), Body]).

forms(Text0) ->
    Text = string:replace(Text0, "?MODULE", module_text(Text0), all),
    {ok, Tokens, _} = erl_scan:string(lists:flatten(Text)),
    split(Tokens, []).

module_text("-module(" ++ Rest) -> lists:takewhile(fun(C) -> C =/= $) end, Rest).

split([], []) -> [];
split([{dot, _} = D | Rest], Acc) ->
    {ok, Form} = erl_parse:parse_form(lists:reverse([D | Acc])),
    [Form | split(Rest, [])];
split([T | Rest], Acc) -> split(Rest, [T | Acc]).

-spec base() -> [map()].
base() ->
    Lib = fun(C, S, Extra) -> Extra#{class => C, superclass => S, module => beamtalk_selector:module_for_class(stdlib, C)} end,
    [
        Lib('ProtoObject', none, #{modifiers => [abstract], methods => [
            {'doesNotUnderstand:args:', ["Sel", "Args"], "beamtalk_primitive:does_not_understand(Self, Sel, Args)"},
            {'perform:withArguments:', ["Sel", "Args"], "beamtalk_primitive:perform(Self, Sel, Args)"}]}),
        Lib('Object', 'ProtoObject', #{methods => [
            {isNil, [], "Self =:= nil"}, {yourself, [], "Self"}, {hash, [], "beamtalk_primitive:hash(Self)"},
            {printString, [], "beamtalk_primitive:default_print_string(Self)"},
            {inspect, [], "beamtalk_primitive:inspect(Self)"},
            {fieldNames, [], "beamtalk_primitive:field_names(Self)"},
            {'fieldAt:', ["F"], "beamtalk_primitive:field_at(Self, F)"},
            {'fieldAt:put:', ["F", "V"], "beamtalk_primitive:field_at_put(Self, F, V)"},
            {'perform:', ["S"], "beamtalk_primitive:perform(Self, S)"},
            {'error:', ["M"], "beamtalk_exception_handler:error(Self, M)"}]}),
        Lib('Behaviour', 'Object', #{modifiers => [abstract], methods => [
            {superclass, [], "beamtalk_reflection:superclass(Self)"},
            {methods, [], "beamtalk_reflection:methods(Self)"},
            {removeFromSystem, [], "beamtalk_class_removal:remove(Self)"},
            {classBuilder, [], "beamtalk_reflection:class_builder(Self)"}]}),
        Lib('Class', 'Behaviour', #{modifiers => [sealed], methods => [{name, [], "beamtalk_reflection:name(Self)"}]}),
        Lib('Metaclass', 'Class', #{modifiers => [sealed], methods => [{thisClass, [], "beamtalk_reflection:this_class(Self)"}]}),
        Lib('Number', 'Object', #{modifiers => [abstract]}),
        Lib('Integer', 'Number', #{modifiers => [sealed], methods => [{'+', ["B"], "Self + B"}, {double, [], "Self * 2"}]}),
        Lib('String', 'Object', #{modifiers => [sealed], methods => [{size, [], "string:length(Self)"}]}),
        Lib('List', 'Object', #{modifiers => [sealed], methods => [{size, [], "length(Self)"}]}),
        Lib('Tuple', 'Object', #{modifiers => [sealed]}), Lib('Dictionary', 'Object', #{modifiers => [sealed]}),
        Lib('Symbol', 'Object', #{modifiers => [sealed]}), Lib('UndefinedObject', 'Object', #{modifiers => [sealed]}),
        Lib('True', 'Object', #{modifiers => [sealed]}), Lib('False', 'Object', #{modifiers => [sealed]}),
        Lib('Float', 'Number', #{modifiers => [sealed]}), Lib('Block', 'Object', #{modifiers => [sealed]}),
        Lib('Pid', 'Object', #{modifiers => [sealed]}), Lib('Future', 'Object', #{modifiers => [sealed]}),
        Lib('Erlang', 'ProtoObject', #{modifiers => [sealed]}),
        Lib('ErlangModule', 'ProtoObject', #{modifiers => [sealed], methods => [
            {printString, [], "beamtalk_printer:print_string(Self)"}]}),
        Lib('Exception', 'Object', #{methods => [
            {printString, [], "beamtalk_exception_handler:print_string(Self)"},
            {kind, [], "beamtalk_exception_handler:kind(Self)"}, {signal, [], "beamtalk_exception_handler:signal(Self)"},
            {'signal:', ["M"], "beamtalk_exception_handler:signal(Self, M)"}]}),
        Lib('Error', 'Exception', #{}), Lib('RuntimeError', 'Error', #{}), Lib('TypeError', 'Error', #{}),
        Lib('Actor', 'Object', #{kind => actor, methods => [
            {stop, [], "beamtalk_actor:stop(Self)"}, {isAlive, [], "beamtalk_actor:is_alive(Self)"}],
            class_methods => [{new, [], "beamtalk_class_instantiation:new(Self)"},
                              {'new:', ["D"], "beamtalk_class_instantiation:new(Self, D)"}]}),
        Lib('ClassBuilder', 'Actor', #{kind => actor,
            fields => [{className, "nil"}, {superclassRef, "nil"}, {fieldSpecs, "#{}"}, {methodSpecs, "#{}"}, {modifiers, "[]"}],
            methods => [
                {'name:', ["N"], "beamtalk_primitive:field_at_put(Self, className, N)"},
                {'addField:default:', ["F", "V"],
                 "beamtalk_primitive:field_at_put(Self, fieldSpecs, (beamtalk_primitive:field_at(Self, fieldSpecs))#{F => V})"},
                {'addMethod:body:', ["F", "V"],
                 "beamtalk_primitive:field_at_put(Self, methodSpecs, (beamtalk_primitive:field_at(Self, methodSpecs))#{F => V})"},
                {register, [], "beamtalk_class_builder:register_dynamic(Self)"}]})
    ].
