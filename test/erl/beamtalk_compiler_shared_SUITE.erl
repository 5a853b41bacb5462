%%% @doc One list of requests, both backends: equal answers, Core Erlang byte for byte; and the promised shapes on the backend that
%%% this node is configured for (`BEAMTALK_COMPILER').
-module(beamtalk_compiler_shared_SUITE).

-include_lib("stdlib/include/assert.hrl").

-export([all/0, init_per_suite/1, end_per_suite/1]).
-export([
    equal_answers/1,
    equal_answers_to_raw_requests/1,
    expression/1,
    expression_reads_known_variables/1,
    class_by_name_and_by_options/1,
    class_definition_as_input/1,
    method_definition/1,
    method_patch/1,
    broken_input/1,
    empty_input/1,
    not_utf8/1,
    byte_order_mark/1,
    too_large/1,
    module_names_are_checked/1,
    wrong_types_raise/1,
    diagnostics_are_sorted_maps/1,
    suppressed_warnings/1,
    version_equals_the_application/1,
    core_erlang/1,
    core_erlang_limits/1,
    loads/1,
    documentation/1,
    completeness/1,
    many_at_once/1,
    random_bytes/1
]).

all() ->
    [Name || {Name, 1} <- ?MODULE:module_info(exports), Name =/= module_info] -- [init_per_suite, end_per_suite].

init_per_suite(Config) ->
    {ok, Started} = application:ensure_all_started(beamtalk_compiler),
    [{started, Started}, {backend, beamtalk_compiler:backend()} | Config].

end_per_suite(Config) ->
    [application:stop(Application) || Application <- proplists:get_value(started, Config)].

-define(COUNTER, <<
    "/// Counts.\n"
    "Actor subclass: Counter\n"
    "  state: value = 0\n"
    "\n"
    "  /// Adds one.\n"
    "  increment => self.value := self.value + 1\n"
    "  getValue => self.value\n"
>>).
-define(POINT, <<
    "Object subclass: Point\n"
    "  state: x: Integer = 0\n"
    "  state: y: Integer = 0\n"
    "\n"
    "  + other => Point new: #{#x => self.x + other x, #y => self.y + other y}\n"
    "  x => self.x\n"
    "  y => self.y\n"
    "  class origin => self new\n"
>>).

%%% Both backends

sources() ->
    [
        <<"1 + 2">>, <<"3 + 4 * 5">>, <<"x + 1">>, <<"y := x * 2">>, <<"x := 0. 5 timesRepeat: [x := x + 1]. x">>,
        <<"[:a | a + 1] value: 2">>, <<"#(1, 2, 3) collect: [:e | e * e]">>, <<"#{#a => 1}">>, <<"'hello' size">>, <<"\"a {x} b\"">>,
        <<"+++">>, <<>>, <<"  \n// nothing\n">>, <<"(1 + ">>, <<"[">>, <<"\"open">>, <<"undefinedName">>, <<"$">>,
        <<"計算"/utf8>>, <<0, 1, 2>>, <<255, 254>>, <<16#EF, 16#BB, 16#BF, "1 + ">>, <<"12345678901234567890123">>,
        <<"Counter >> increment => self.value := self.value + 10">>,
        <<"Counter class >> make => self spawn">>,
        <<"A >> b => 1\nC >> d => 2">>,
        <<"Integer subclass: MyInteger">>, <<"Object subclass: Integer\n  foo =>">>,
        ?COUNTER, ?POINT,
        binary:copy(<<"(">>, 70), binary:copy(<<"1 + ">>, 3000), <<(binary:copy(<<"a">>, 300))/binary, " := 1">>
    ].

equal_answers(_Config) ->
    Options = #{known_classes => #{<<"Base">> => #{superclass => <<"Object">>}}, path => <<"src/a.bt">>},
    Calls = [
        {Function, [Source | Arguments]}
     || Source <- sources(),
        {Function, Arguments} <- [
            {compile, [<<"given_name">>]},
            {compile, [#{}]},
            {compile, [Options]},
            {compile, [#{stdlib_mode => true, suppress_warnings => true}]},
            {compile_expression, [<<"m">>, [<<"x">>]]},
            {compile_expression, [<<"m">>, [], Options]},
            {diagnostics, []},
            {diagnostics, [#{mode => file}]},
            {diagnostics, [#{mode => method, known_vars => [<<"x">>]}]},
            {doc, []},
            {format, []},
            {format, [Options]},
            {is_complete, []}
        ]
    ],
    Patches = [{compile_method, [?COUNTER, Source, #{}]} || Source <- sources()],
    same([{beamtalk_compiler, Function, Arguments} || {Function, Arguments} <- Calls ++ Patches]).

equal_answers_to_raw_requests(_Config) ->
    Requests = [
        {nonsense, #{}},
        {compile, #{}},
        {compile, #{source => 17}},
        {compile, #{source => "1 + 2"}},
        {compile, #{source => [$a | b]}},
        {compile, #{source => {<<"x">>}}},
        {compile, #{source => <<"1">>, class_module_index => 7}},
        {compile, #{source => <<"1">>, known_classes => self()}},
        {compile, #{source => <<"1">>, path => make_ref()}},
        {compile, #{source => <<"1">>, stdlib_mode => 1}},
        {compile, #{source => ?POINT, class_superclass_index => #{<<"Point">> => <<"Object">>}}},
        {compile_expression, #{source => <<"1">>}},
        {compile_expression, #{source => <<"1">>, module => <<"m">>, known_vars => <<"x">>}},
        {compile_expression, #{source => <<"1">>, module => <<"m">>, known_vars => [1 bsl 70]}},
        {compile_method, #{source => <<"1">>}},
        {show, #{source => <<"1 + 2">>, stage => tokens}},
        {show, #{source => <<"1 + 2">>, stage => ast}},
        {show, #{source => <<"1 + 2">>, stage => hir}},
        {show, #{source => <<"1 + 2">>, stage => core}},
        {show, #{source => <<"1 + 2">>, stage => other}},
        {cancel, #{target => 1}},
        {version, #{fun_value => fun() -> ok end, deep => lists:foldl(fun(_, T) -> {T} end, x, lists:seq(1, 40))}},
        {version, #{deep => lists:foldl(fun(_, T) -> {T} end, x, lists:seq(1, 100))}}
    ],
    same([{beamtalk_compiler_backend, request, [Command, Fields]} || {Command, Fields} <- Requests]),
    ?assertError(badarg, beamtalk_compiler:compile_expression(<<"1">>, <<"m">>, [x])).

same(Calls) ->
    Chosen = beamtalk_compiler:backend(),
    Nif = answers(nif, Calls),
    Port = answers(port, Calls),
    ok = beamtalk_compiler_backend:select(Chosen),
    [?assertEqual({Call, A}, {Call, B}) || {Call, A, B} <- lists:zip3(Calls, Nif, Port)].

answers(Backend, Calls) ->
    ok = beamtalk_compiler_backend:select(Backend),
    ?assertEqual(Backend, beamtalk_compiler:backend()),
    [apply(Module, Function, Arguments) || {Module, Function, Arguments} <- Calls].

%%% Shapes

expression(_Config) ->
    {ok, #{core_erlang := Core, diagnostics := [], warnings := [], kind := expression}} =
        beamtalk_compiler:compile_expression(<<"1 + 2">>, <<"shared_a">>, []),
    ?assertMatch({_, _}, binary:match(Core, <<"call 'erlang':'+'">>)),
    ?assertEqual({3, #{}}, eval(Core, #{})).

expression_reads_known_variables(_Config) ->
    {ok, #{core_erlang := Core}} = beamtalk_compiler:compile_expression(<<"y := x + 1">>, <<"shared_b">>, [<<"x">>]),
    ?assertEqual({42, #{x => 41, y => 42}}, eval(Core, #{x => 41})).

class_by_name_and_by_options(_Config) ->
    {ok, #{kind := module, module_name := <<"given">>, core_erlang := _}} = beamtalk_compiler:compile(?POINT, <<"given">>),
    {ok, #{module_name := <<"bt@point">>, classes := [Class]}} = beamtalk_compiler:compile(?POINT, #{}),
    ?assertMatch(#{name := <<"Point">>, superclass := <<"Object">>, kind := value, module := <<"bt@point">>}, Class),
    {ok, #{classes := [#{kind := actor}]}} = beamtalk_compiler:compile(?COUNTER, #{}),
    {ok, #{beam := Beam}} = beamtalk_compiler:compile(?POINT, #{emit => [core, beam]}),
    ?assertMatch({ok, {'bt@point', _}}, beam_lib:chunks(Beam, [attributes])).

class_definition_as_input(_Config) ->
    ?assertMatch(
        {ok, #{kind := class_definition, module_name := <<"bt@point">>, classes := [#{name := <<"Point">>}]}},
        beamtalk_compiler:compile_expression(?POINT, <<"ignored">>, [])
    ).

method_definition(_Config) ->
    ?assertMatch(
        {ok, #{
            kind := method_definition,
            class_name := <<"Counter">>,
            selector := <<"increment">>,
            is_class_method := false,
            method_source := <<"increment => self.value := self.value + 10">>,
            core_erlang := <<>>
        }},
        beamtalk_compiler:compile_expression(<<"Counter >> increment => self.value := self.value + 10">>, <<"m">>, [])
    ).

method_patch(_Config) ->
    Patch = <<"Counter >> increment => self.value := self.value + 10">>,
    {ok, #{merged_source := Merged, selector := <<"increment">>, is_class_method := false, classes := [Class]}} =
        beamtalk_compiler:compile_method(?COUNTER, Patch, #{}),
    ?assertEqual(<<?COUNTER/binary, "\n", Patch/binary>>, Merged),
    #{methods := Methods} = Class,
    ?assertEqual(
        [<<"increment => self.value := self.value + 10">>],
        [Source || #{selector := <<"increment">>, source := Source} <- Methods]
    ),
    {error, #{diagnostics := [#{line := 1, start := Start}]}} =
        beamtalk_compiler:compile_method(?COUNTER, <<"Counter >> increment => nothing + 1">>, #{}),
    ?assertEqual(24, Start).

broken_input(_Config) ->
    {error, #{diagnostics := [First | _]}} = beamtalk_compiler:compile_expression(<<"+++">>, <<"m">>, []),
    ?assertMatch(#{severity := <<"error">>, message := <<_, _/binary>>, start := 0, line := 1, column := 1, category := _}, First),
    ?assertMatch({ok, #{}}, beamtalk_compiler:compile_expression(<<"1">>, <<"m">>, [])).

empty_input(_Config) ->
    [
        begin
            ?assertMatch({error, #{diagnostics := [#{code := <<"repl/empty">>}]}}, beamtalk_compiler:compile_expression(S, <<"m">>, [])),
            ?assertMatch({error, #{diagnostics := [#{code := <<"file/no-class">>}]}}, beamtalk_compiler:compile(S, #{})),
            ?assertEqual({ok, []}, beamtalk_compiler:diagnostics(S))
        end
     || S <- [<<>>, <<" \n\t\n">>, <<"// only a comment\n">>]
    ].

not_utf8(_Config) ->
    {error, #{diagnostics := [#{code := <<"input/utf8">>, message := Message}]}} =
        beamtalk_compiler:compile_expression(<<"1 + ", 255>>, <<"m">>, []),
    ?assertMatch({_, _}, binary:match(Message, <<"offset 4">>)).

byte_order_mark(_Config) ->
    Bom = <<16#EF, 16#BB, 16#BF>>,
    ?assertMatch({ok, _}, beamtalk_compiler:compile_expression(<<Bom/binary, "1 + 2">>, <<"m">>, [])),
    {ok, [#{start := 3, column := 1} | _]} = beamtalk_compiler:diagnostics(<<Bom/binary, "zork">>).

too_large(_Config) ->
    Large = binary:copy(<<" ">>, 16#1000001),
    ?assertMatch({error, #{diagnostics := [#{code := <<"input/size">>}]}}, beamtalk_compiler:compile(Large, #{})),
    ?assertMatch({ok, [#{code := <<"input/size">>}]}, beamtalk_compiler:diagnostics(Large)).

module_names_are_checked(_Config) ->
    [
        ?assertMatch({error, #{diagnostics := [#{code := <<"input/module-name">>}]}}, beamtalk_compiler:compile(?POINT, Name))
     || Name <- [<<>>, <<"../x">>, <<"a b">>, <<"é"/utf8>>, binary:copy(<<"a">>, 256)]
    ].

wrong_types_raise(_Config) ->
    ?assertError(_, beamtalk_compiler:compile("text", <<"m">>)),
    ?assertError(_, beamtalk_compiler:compile(<<"1">>, 17)),
    ?assertError(_, beamtalk_compiler:compile_expression(<<"1">>, m, [])),
    ?assertError(_, beamtalk_compiler:diagnostics(x)).

diagnostics_are_sorted_maps(_Config) ->
    {ok, Found} = beamtalk_compiler:diagnostics(<<"a + b.\nc\n"/utf8>>),
    Starts = [Start || #{start := Start} <- Found],
    ?assertEqual([0, 4, 7], Starts),
    ?assertMatch(#{line := 2, column := 1, end_line := 2, end_column := 2}, lists:last(Found)).

suppressed_warnings(_Config) ->
    Source = <<"Object subclass: Integer\n  foo => 1\n">>,
    {ok, #{warnings := [_ | _]}} = beamtalk_compiler:compile(Source, #{}),
    {ok, #{warnings := [], diagnostics := []}} = beamtalk_compiler:compile(Source, #{suppress_warnings => true}).

version_equals_the_application(_Config) ->
    {ok, Vsn} = application:get_key(beamtalk, vsn),
    Version = list_to_binary(Vsn),
    ?assertEqual(Version, beamtalk_compiler:version()),
    ?assertMatch(#{version := Version, protocol := 1}, beamtalk_compiler:capabilities()).

core_erlang(_Config) ->
    Core = <<"module 'core_ok' ['f'/0]\n attributes []\n'f'/0 = fun () -> 'yes'\nend">>,
    ?assertMatch({ok, core_ok, <<_/binary>>}, beamtalk_compiler:compile_core_erlang(Core)),
    ?assertMatch({ok, core_ok, <<_/binary>>}, beamtalk_compiler:compile_core_erlang(Core, #{optimise => true, debug_info => true})),
    ?assertMatch({error, {core_parse_error, _}}, beamtalk_compiler:compile_core_erlang(<<>>)),
    ?assertMatch({error, {_, _}}, beamtalk_compiler:compile_core_erlang(<<0, 1, 2>>)),
    ?assertMatch({error, {core_scan_error, _}}, beamtalk_compiler:compile_core_erlang(<<"module 'x">>)),
    ?assertMatch({error, {core_parse_error, _}}, beamtalk_compiler:compile_core_erlang(<<"module 'x' []">>)),
    Unbound = <<"module 'x' ['f'/0]\n attributes []\n'f'/0 = fun () -> V\nend">>,
    ?assertMatch({error, {core_compile_error, _}}, beamtalk_compiler:compile_core_erlang(Unbound, #{lint => true})).

core_erlang_limits(_Config) ->
    Calls = lists:duplicate(3000, "do call 'erlang':'self'()\n"),
    Core = iolist_to_binary(["module 'core_long' ['f'/0]\n attributes []\n'f'/0 = fun () -> ", Calls, "'ok'\nend"]),
    ?assertEqual({error, {core_compile_error, heap_limit}}, beamtalk_compiler:compile_core_erlang(Core, #{max_heap_words => 20000})),
    ?assertEqual({error, {core_compile_error, timeout}}, beamtalk_compiler:compile_core_erlang(Core, #{timeout => 1})),
    ?assertEqual([], [Message || {_, _} = Message <- flush()]).

flush() ->
    receive
        Message -> [Message | flush()]
    after 0 -> []
    end.

loads(_Config) ->
    {ok, #{module := Module, classes := ['Point'], diagnostics := []}} = beamtalk_compiler:load(?POINT, #{module_name => <<"shared_point">>}),
    ?assertEqual(shared_point, Module),
    ?assert(erlang:function_exported(Module, module_info, 1)),
    {ok, _} = beamtalk_compiler:load(?POINT, #{module_name => <<"shared_point">>}),
    ?assertMatch({error, #{diagnostics := [_ | _]}}, beamtalk_compiler:load(<<"Object subclass: ">>, #{})).

documentation(_Config) ->
    Source = <<
        "/// A place.\n"
        "Object subclass: Place\n"
        "  /// Where.\n"
        "  ///\n"
        "  /// ```beamtalk\n"
        "  /// p := Place new\n"
        "  /// p where // => 'here'\n"
        "  /// ```\n"
        "  where => 'here'\n"
    >>,
    {ok, [#{name := <<"Place">>, doc := <<"A place.">>, methods := [#{selector := <<"where">>}], examples := Examples}]} =
        beamtalk_compiler:doc(Source),
    ?assertEqual(
        [
            #{expression => <<"p := Place new">>, expected => undefined, line => 6},
            #{expression => <<"p where">>, expected => <<"'here'">>, line => 7}
        ],
        Examples
    ).

completeness(_Config) ->
    [?assert(beamtalk_compiler:is_complete(S)) || S <- [<<>>, <<"1 + 2">>, <<"x foo: 1">>, <<"[1]">>, <<")">>]],
    [?assertNot(beamtalk_compiler:is_complete(S)) || S <- [<<"[1">>, <<"x foo:">>, <<"1 +">>, <<"x :=">>, <<"#(1, ">>, <<"\"open">>]].

%%% Load and rubbish

many_at_once(_Config) ->
    Expected = beamtalk_compiler:compile(?POINT, #{}),
    Answers = pmap(fun(_) -> beamtalk_compiler:compile(?POINT, #{}) end, lists:seq(1, 64)),
    ?assertEqual([Expected], lists:usort(Answers)).

pmap(Fun, Items) ->
    Running = [spawn_monitor(fun() -> exit({answer, Fun(Item)}) end) || Item <- Items],
    [
        receive
            {'DOWN', Monitor, process, Pid, {answer, Answer}} -> Answer
        end
     || {Pid, Monitor} <- Running
    ].

random_bytes(_Config) ->
    Seed = {1, 2, 3},
    ct:pal("seed ~p", [Seed]),
    _ = rand:seed(exsss, Seed),
    lists:foreach(fun rubbish/1, [random_source(N) || N <- lists:seq(1, 400)]).

random_source(N) when N rem 3 =:= 0 ->
    rand:bytes(rand:uniform(100));
random_source(N) when N rem 3 =:= 1 ->
    Signs = "[](){}#'\"$:=.;^|+-*/ \nabX1@>",
    list_to_binary([lists:nth(rand:uniform(length(Signs)), Signs) || _ <- lists:seq(1, rand:uniform(80))]);
random_source(_) ->
    Source = lists:nth(rand:uniform(2), [?COUNTER, ?POINT]),
    Cut = rand:uniform(byte_size(Source)),
    <<Before:Cut/binary, _/binary>> = Source,
    <<Before/binary, (rand:bytes(2))/binary>>.

rubbish(Source) ->
    shaped(Source, beamtalk_compiler:compile(Source, #{})),
    shaped(Source, beamtalk_compiler:compile_expression(Source, <<"m">>, [])).

shaped(_Source, {ok, #{core_erlang := Core, diagnostics := Found}}) when is_binary(Core) ->
    ?assertEqual([], [D || #{severity := <<"error">>} = D <- Found]);
shaped(Source, {error, #{diagnostics := [_ | _] = Found}}) ->
    [
        begin
            ?assertNotEqual({Source, <<>>}, {Source, Message}),
            ?assert(is_list(unicode:characters_to_list(Message))),
            ?assertNotEqual({Source, <<"internal">>, Message}, {Source, Code, Message}),
            ?assert(Start =< End andalso End =< byte_size(Source))
        end
     || #{message := Message, code := Code, start := Start, 'end' := End} <- Found
    ].

eval(Core, Bindings) ->
    {ok, Module, Beam} = beamtalk_compiler:compile_core_erlang(Core, #{lint => true}),
    {module, Module} = code:load_binary(Module, "shared.beam", Beam),
    Module:eval(Bindings).
