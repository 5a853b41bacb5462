%%% Generated modules as the tools of OTP see them: module_info, specs for Dialyzer, documentation for h/1,2, places in stack traces.
-module(beamtalk_generated_modules_SUITE).

-include_lib("stdlib/include/assert.hrl").

-export([all/0, init_per_suite/1, end_per_suite/1]).
-export([
    dialyzer_checks_typed_methods/1,
    dialyzer_reads_a_source_without_path/1,
    specs_are_those_of_the_source/1,
    docs_of_class_and_methods/1,
    h_shows_docs/1,
    module_info_is_complete/1,
    traces_name_the_source/1,
    traces_out_of_blocks/1,
    traces_of_inputs/1,
    source_map_has_the_methods/1,
    equal_sources_give_equal_modules/1
]).

-define(SOURCE, <<
    "/// Keeps a sum.\n"
    "///\n"
    "/// A value: a change answers a copy.\n"
    "typed Object subclass: GenLedger\n"
    "  state: total: Integer = 0\n"
    "\n"
    "  /// Adds to the sum.\n"
    "  add: amount: Integer -> Integer =>\n"
    "    self.total + amount\n"
    "\n"
    "  spoil: text: Object -> Integer =>\n"
    "    y := self twice: text\n"
    "    y + 1\n"
    "  twice: it: Object -> Integer =>\n"
    "    z := it * 2\n"
    "    z - 1\n"
    "  each: list: List -> Integer =>\n"
    "    list collect: [:x |\n"
    "      x / 0]\n"
    "    3\n"
    "\n"
    "  /// A ledger with a sum.\n"
    "  class with: amount: Integer -> GenLedger => self new: #{total => amount}\n"
    "  split: pairs: Dictionary -> Tuple => Erlang erlang list_to_tuple: pairs keys\n"
    "  class spoil -> Integer =>\n"
    "    (self new add: #a) + 1\n"
>>).

all() ->
    [
        dialyzer_checks_typed_methods,
        dialyzer_reads_a_source_without_path,
        specs_are_those_of_the_source,
        docs_of_class_and_methods,
        h_shows_docs,
        module_info_is_complete,
        traces_name_the_source,
        traces_out_of_blocks,
        traces_of_inputs,
        source_map_has_the_methods,
        equal_sources_give_equal_modules
    ].

init_per_suite(Config) ->
    {ok, _} = application:ensure_all_started(beamtalk),
    Dir = proplists:get_value(priv_dir, Config),
    Beam = compiled(#{path => <<"src/gen_ledger.bt">>}),
    ok = file:write_file(filename:join(Dir, "bt@gen_ledger.beam"), Beam),
    true = code:add_patha(Dir),
    {module, 'bt@gen_ledger'} = code:load_file('bt@gen_ledger'),
    [{dir, Dir} | Config].

end_per_suite(Config) ->
    true = code:del_path(proplists:get_value(dir, Config)),
    application:stop(beamtalk).

compiled(Options) ->
    {ok, #{core_erlang := Core}} = beamtalk_compiler:compile(?SOURCE, Options),
    {ok, 'bt@gen_ledger', Beam} = beamtalk_compiler:compile_core_erlang(Core, #{debug_info => true, lint => true}),
    Beam.

%%% Dialyzer

%% An analysis of these modules alone; what the runtime offers is unknown to it.
dialyzer(Dir, Files) ->
    Warnings = dialyzer:run([
        {analysis_type, plt_build},
        {files, [filename:join(Dir, F) || F <- Files]},
        {output_plt, filename:join(Dir, "modules.plt")},
        {get_warnings, true}
    ]),
    lists:append([dialyzer:format_warning(W) || {Kind, _, _} = W <- Warnings, Kind =/= warn_unknown]).

caller(Dir, Argument) ->
    Text = ["-module(gen_caller).\n-export([f/0]).\nf() -> 'bt@gen_ledger':'add:'(#{}, ", Argument, ").\n"],
    Source = filename:join(Dir, "gen_caller.erl"),
    ok = file:write_file(Source, Text),
    {ok, gen_caller} = compile:file(Source, [debug_info, {outdir, Dir}]).

dialyzer_checks_typed_methods(Config) ->
    Dir = proplists:get_value(dir, Config),
    caller(Dir, "<<\"three\">>"),
    Wrong = dialyzer(Dir, ["bt@gen_ledger.beam", "gen_caller.beam"]),
    ?assertMatch({match, _}, re:run(Wrong, "breaks the contract\\s+\\(map\\(\\), integer\\(\\)\\) -> integer\\(\\)")),
    caller(Dir, "3"),
    ?assertEqual("", dialyzer(Dir, ["bt@gen_ledger.beam", "gen_caller.beam"])).

dialyzer_reads_a_source_without_path(Config) ->
    Dir = filename:join(proplists:get_value(dir, Config), "no_path"),
    ok = filelib:ensure_dir(filename:join(Dir, "x")),
    ok = file:write_file(filename:join(Dir, "bt@gen_ledger.beam"), compiled(#{})),
    ?assertEqual("", dialyzer(Dir, ["bt@gen_ledger.beam"])).

specs_are_those_of_the_source(Config) ->
    {ok, {_, [{debug_info, {debug_info_v1, Backend, Data}}]}} = beam_lib:chunks(file(Config), [debug_info]),
    {ok, Core} = Backend:debug_info(core_v1, 'bt@gen_ledger', Data, []),
    Specs = [cerl:concrete(V) || {K, V} <- cerl:module_attrs(Core), cerl:concrete(K) =:= spec],
    Texts = [
        lists:flatten(io_lib:format("~ts", [erl_pp:form({attribute, 1, spec, Spec})]))
     || [Spec] <- Specs
    ],
    Spaceless = [re:replace(T, "\\s+", " ", [global, {return, list}]) || T <- Texts],
    ?assert(lists:member("-spec 'add:'(map(), integer()) -> integer(). ", Spaceless)),
    ?assert(lists:member("-spec 'each:'(map(), list()) -> integer(). ", Spaceless)),
    ?assert(lists:member("-spec 'split:'(map(), map()) -> tuple(). ", Spaceless)).

file(Config) -> filename:join(proplists:get_value(dir, Config), "bt@gen_ledger.beam").

%%% Documentation

docs_of_class_and_methods(_) ->
    {ok, {docs_v1, _, beamtalk, <<"text/markdown">>, #{<<"en">> := Class}, _, Entries}} = code:get_doc('bt@gen_ledger'),
    ?assertEqual(<<"Keeps a sum.\n\nA value: a change answers a copy.">>, Class),
    ?assertMatch([#{<<"en">> := <<"Adds to the sum.">>}], [Doc || {{function, 'add:', 2}, _, _, Doc, _} <- Entries]),
    ?assertMatch([#{<<"en">> := <<"A ledger with a sum.">>}], [Doc || {{function, 'with:', 3}, _, _, Doc, _} <- Entries]).

h_shows_docs(_) ->
    ?assertMatch({match, _}, re:run(printed(fun() -> c:h('bt@gen_ledger') end), "Keeps a sum")),
    ?assertMatch({match, _}, re:run(printed(fun() -> c:h('bt@gen_ledger', 'add:') end), "Adds to the sum")),
    ?assertMatch({match, _}, re:run(printed(fun() -> c:h('bt@gen_ledger', 'with:', 3) end), "A ledger with a sum")).

printed(Fun) ->
    ct:capture_start(),
    _ = Fun(),
    ct:capture_stop(),
    lists:append(ct:capture_get()).

module_info_is_complete(_) ->
    Exports = 'bt@gen_ledger':module_info(exports),
    ?assert(lists:member({'add:', 2}, Exports)),
    ?assert(lists:member({module_info, 1}, Exports)),
    ?assertEqual('bt@gen_ledger', proplists:get_value(module, 'bt@gen_ledger':module_info())),
    ?assertEqual([{'GenLedger', 'Object'}], proplists:get_value(beamtalk_class, 'bt@gen_ledger':module_info(attributes))).

%%% Places

traces_name_the_source(_) ->
    Ledger = beamtalk:new('GenLedger'),
    ?assertEqual(
        [{'twice:', "src/gen_ledger.bt", 15}, {'spoil:', "src/gen_ledger.bt", 12}],
        frames(fun() -> beamtalk:call(Ledger, 'spoil:', [a]) end)
    ),
    {ok, Class} = beamtalk:class('GenLedger'),
    ?assertEqual(
        [{'add:', "src/gen_ledger.bt", 9}, {spoil, "src/gen_ledger.bt", 26}],
        frames(fun() -> beamtalk:call(Class, spoil, []) end)
    ).

traces_out_of_blocks(_) ->
    Ledger = beamtalk:new('GenLedger'),
    [Block | Rest] = frames(fun() -> beamtalk:call(Ledger, 'each:', [[1]]) end),
    ?assertMatch({_, "src/gen_ledger.bt", 19}, Block),
    ?assert(lists:member({'each:', "src/gen_ledger.bt", 18}, Rest)),
    {error, #{stacktrace := Trace}} = wrapped(fun() -> beamtalk:call(Ledger, 'each:', [[1]]) end),
    Shown = [maps:get(method, F, nil) || F <- beamtalk_stack_frame:from_trace(Trace)],
    ?assert(lists:member('each:', Shown) orelse lists:member(<<"each:">>, Shown)).

wrapped(Fun) ->
    try
        {ok, Fun()}
    catch
        Class:Reason:Stack -> {error, beamtalk_exception_handler:wrap(Class, Reason, Stack)}
    end.

frames(Fun) ->
    {error, #{stacktrace := Stack}} = wrapped(Fun),
    [
        {F, proplists:get_value(file, Location), proplists:get_value(line, Location)}
     || {'bt@gen_ledger', F, _, Location} <- Stack
    ].

traces_of_inputs(_) ->
    {ok, Session} = beamtalk:session_start(),
    {ok, Frames} = beamtalk:session_eval(Session, <<"[GenLedger spoil] on: Error do: [:e | e stackTrace collect: [:f | f printString]]">>),
    ok = beamtalk:session_stop(Session),
    Text = iolist_to_binary(lists:join("\n", Frames)),
    ?assertMatch({match, _}, re:run(Text, "GenLedger.*spoil.*gen_ledger\\.bt:26")).

source_map_has_the_methods(_) ->
    {ok, #{source_map := Map}} = beamtalk_compiler:compile(?SOURCE, #{emit => [core, source_map]}),
    ?assertMatch([{8, _, _, <<"GenLedger">>, <<"add:">>}, {11, _, _, <<"GenLedger">>, <<"spoil:">>} | _], Map),
    {Line, Start, End, _, _} = lists:keyfind(<<"GenLedger class">>, 4, Map),
    ?assertEqual(23, Line),
    ?assertEqual(<<"class with: amount: Integer -> GenLedger => self new: #{total => amount}">>, binary:part(?SOURCE, Start, End - Start)),
    {ok, Plain} = beamtalk_compiler:compile(?SOURCE, #{emit => [core]}),
    ?assertNot(is_map_key(source_map, Plain)).

equal_sources_give_equal_modules(_) ->
    Options = #{path => <<"src/gen_ledger.bt">>},
    ?assertEqual(compiled(Options), compiled(Options)).
