%% What `stdlib/self-hosting.md' of the specification asks for and a machine can check.
-module(beamtalk_self_hosting_tests).

-include_lib("eunit/include/eunit.hrl").

%% The primitive surface as it was last agreed on. When the library needs less, lower the numbers; more wants a reason in the commit.
-define(PRIMITIVES, 401).
-define(INTRINSICS, 55).
-define(ERLANG_LINES, 4525).

page_is_up_to_date_test() ->
    Root = beamtalk_self_hosting:root(),
    Path = filename:join(Root, "docs/self-hosting.md"),
    Wanted = beamtalk_self_hosting:page(Root),
    case os:getenv("INSTA_UPDATE") of
        "always" -> ok = file:write_file(Path, Wanted);
        _ -> ok
    end,
    ?assertEqual({ok, Wanted}, file:read_file(Path), "docs/self-hosting.md is not what the library makes: run `make golden`").

the_primitive_surface_does_not_grow_test() ->
    #{primitive := P, intrinsic := I, lines := L} = beamtalk_self_hosting:surface(beamtalk_self_hosting:root()),
    ?assert(P =< ?PRIMITIVES, {primitives, P}),
    ?assert(I =< ?INTRINSICS, {intrinsics, I}),
    ?assert(L =< ?ERLANG_LINES, {erlang_lines, L}).

%% Acceptance 3: none of these is a primitive.
what_must_be_beamtalk_is_beamtalk_test() ->
    ?assertEqual([], [{Class, Side, S, Kind} || {Class, Side, S} <- must_be_beamtalk(), {ok, Kind} <- [kind(Class, Side, S)], Kind =/= beamtalk]).

%% ... and all of them are there.
what_must_be_beamtalk_is_declared_test() ->
    ?assertEqual([], [Method || {Class, Side, S} = Method <- must_be_beamtalk(), kind(Class, Side, S) =:= error]).

everything_is_beamtalk_test_() ->
    [
        {Class, ?_assertEqual([], [{S, K} || {_, S, {primitive, _} = K} <- methods(Class)])}
     || Class <- ["True", "False", "Boolean", "UndefinedObject", "Number"]
    ].

%% Acceptance 4: a module whose every function serves a primitive is named so. Taking a class out of a running system wraps nothing.
-define(NOT_WRAPPERS, [beamtalk_class_removal]).

modules_for_primitives_end_in_ops_test() ->
    Rows = beamtalk_self_hosting:rows(beamtalk_self_hosting:root()),
    Modules = lists:usort([M || {_, _, M, _} <- Rows, M =/= erlang]),
    Only = [M || M <- Modules, lists:all(fun(E) -> serves(M, E, Rows) end, exports(M))],
    ?assertEqual([], [M || M <- Only -- ?NOT_WRAPPERS, not lists:suffix("_ops", atom_to_list(M))]).

serves(Module, {Function, Arity}, Rows) ->
    lists:any(fun({_, S, M, F}) -> M =:= Module andalso F =:= Function andalso beamtalk_selector:arity(list_to_atom(S)) + 1 =:= Arity end, Rows).

exports(Module) ->
    [E || {F, _} = E <- Module:module_info(exports), F =/= module_info].

%% Acceptance 5: the scripts that vouch for the primitives lean on nothing else.
the_bootstrap_scripts_do_without_test_cases_test() ->
    Scripts = filelib:wildcard(filename:join(beamtalk_self_hosting:root(), "stdlib/bootstrap-test/*.btscript")),
    ?assert(length(Scripts) >= 5),
    [
        begin
            {ok, Text} = file:read_file(Script),
            ?assertEqual(nomatch, re:run(Text, "^[^/\n].*TestCase", [multiline, {capture, none}]), Script)
        end
     || Script <- Scripts
    ].

%%% The table of the specification.

must_be_beamtalk() ->
    [{Class, instance, S} || {Class, Selectors} <- instance_side(), S <- Selectors] ++
        [{"Float", class, "infinity"}] ++
        [{C, class, S} || C <- ["TranscriptStream", "BeamtalkInterface", "WorkspaceInterface"], S <- ["current", "current:"]].

instance_side() ->
    [
        {"Collection", [
            "inject:into:", "collect:", "select:", "reject:", "detect:", "detect:ifNone:", "anySatisfy:", "allSatisfy:", "includes:",
            "isEmpty", "isNotEmpty", "asString", "species"
        ]},
        {"List", ["indexOf:", "eachWithIndex:"]},
        {"Tuple", ["unwrap", "unwrapOr:", "unwrapOrElse:", "printString"]},
        {"Dictionary", ["keysAndValuesDo:", "collect:"]},
        {"Association", ["asString", "printString"]},
        {"TestCase", ["assert:", "deny:", "assert:equals:", "setUp", "tearDown"]},
        {"Integer", ["negated", "abs", "isEven", "isOdd", "min:", "max:", "factorial", "gcd:", "lcm:"]},
        {"Float", ["negated", "abs", "min:", "max:", "isNaN", "isInfinite", "isZero"]},
        {"String", ["size", "isEmpty", "isNotEmpty", "printString"]},
        {"Object", ["printString", "inspect", "subclassResponsibility", "notImplemented"]},
        {"Behaviour", [
            "inheritsFrom:", "includesBehaviour:", "canUnderstand:", "whichClassIncludesSelector:", "isBehaviour", "isMeta", "isMetaclass"
        ]},
        {"Class", ["printString", "isClass", "classBuilder"]},
        {"Metaclass", ["isMeta", "isClass", "isMetaclass", "name", "printString"]},
        {"Pid", ["printString"]},
        {"Port", ["printString"]},
        {"Reference", ["printString"]}
    ].

kind(Class, Side, Selector) ->
    case [K || {Sd, S, K} <- methods(Class), Sd =:= Side, S =:= Selector] of
        [Kind] -> {ok, Kind};
        [] -> error
    end.

methods(Class) ->
    [File] = filelib:wildcard(filename:join(beamtalk_self_hosting:root(), "stdlib/src/*/" ++ Class ++ ".bt")),
    beamtalk_self_hosting:methods(File).
