%%% @doc Core Erlang text → BEAM code, in a helper process that can be killed.
%%%
%%% Belongs to the compiler room. OTP's compiler can take minutes and gigabytes on unusual code, so it runs in a process of its own with a
%%% heap limit and a time limit; the caller stays in control, and when the caller dies a watcher ends the work.
-module(beamtalk_core_compiler).

%% API
-export([compile/2, format_error/1, is_resource_limit/1]).

-export_type([options/0, reason/0]).

-type options() :: #{
    %% All of OTP's optimisations; without them compilation is four times faster and code runs at nearly the same speed.
    optimise => boolean(),
    %% Keep the Core Erlang in the module for Dialyzer.
    debug_info => boolean(),
    %% Check the text with OTP's linter, which names an unbound variable.
    lint => boolean(),
    %% For test runs, see `beamtalk_test_code'.
    keep_frames => [atom()],
    redirect => beamtalk_test_code:redirections(),
    timeout => timeout(),
    max_heap_words => pos_integer()
}.
-type reason() ::
    {core_scan_error, term()} | {core_parse_error, term()} | {core_compile_error, term()}.

-define(TIMEOUT_MS, 30000).
%% One gigabyte on a 64-bit machine.
-define(MAX_HEAP_WORDS, 134217728).

%% Leaves out optimisations only. Those of Core Erlang stay: they make constants of literal texts, and what they cost is less than what
%% the later passes save on smaller code.
%%
%% Not all of the passes over SSA form: without `ssa_opt_live' and those it stands on, a result of a `case' that nobody reads may get the register of one
%% that is read, and overwrite it.
%% And `beam_ssa_bool' runs: it takes out the phi nodes whose values are all the same, and without that the code generator reads a variable
%% from where it was before the branches met.
-define(FAST, [
    no_throw_opt, no_type_opt, no_bsm_opt, no_fun_opt, no_share_opt, no_recv_opt, no_postopt,
    no_ssa_opt_coalesce_phis, no_ssa_opt_tail_phis, no_ssa_opt_element, no_ssa_opt_tuple_size, no_ssa_opt_record, no_ssa_opt_cse,
    no_ssa_opt_bc_size, no_ssa_opt_type_start, no_ssa_opt_type_continue, no_ssa_opt_type_finish, no_ssa_opt_ne, no_ssa_opt_bs_puts, no_ssa_opt_dead,
    no_ssa_opt_float, no_ssa_opt_sw, no_ssa_opt_bsm, no_ssa_opt_bsm_shortcut, no_ssa_opt_sink, no_ssa_opt_redundant_br, no_ssa_opt_merge_updates,
    no_ssa_opt_get_tuple_element, no_ssa_opt_tail_calls, no_ssa_opt_tail_literals, no_ssa_opt_try, no_ssa_opt_unfold_literals,
    no_ssa_opt_ranges
]).

-spec compile(binary(), options()) -> {ok, module(), binary()} | {error, reason()}.
compile(Core, Options) ->
    Timeout = maps:get(timeout, Options, ?TIMEOUT_MS),
    HeapLimit = #{
        size => maps:get(max_heap_words, Options, ?MAX_HEAP_WORDS), kill => true, error_logger => false
    },
    Caller = self(),
    Reply = make_ref(),
    Work = fun() -> Caller ! {Reply, run(Core, Options)} end,
    %% A heap of a word per byte of text saves collections: a tenth of the time.
    {Helper, Monitor} = spawn_opt(Work, [monitor, {max_heap_size, HeapLimit}, {min_heap_size, heap_words(Core, HeapLimit)}]),
    Watcher = spawn(fun() -> watch(Caller, Helper) end),
    Result = wait(Reply, Helper, Monitor, Timeout),
    exit(Watcher, kill),
    Result.

heap_words(Core, #{size := Limit}) -> max(1000, min(byte_size(Core), Limit div 8)).

wait(Reply, Helper, Monitor, Timeout) ->
    receive
        {Reply, Result} ->
            erlang:demonitor(Monitor, [flush]),
            Result;
        {'DOWN', Monitor, process, Helper, killed} ->
            {error, {core_compile_error, heap_limit}};
        {'DOWN', Monitor, process, Helper, Reason} ->
            {error, {core_compile_error, Reason}}
    after Timeout ->
        exit(Helper, kill),
        receive
            {'DOWN', Monitor, process, Helper, _} -> ok
        end,
        receive
            {Reply, Late} -> Late
        after 0 -> {error, {core_compile_error, timeout}}
        end
    end.

watch(Caller, Helper) ->
    _ = erlang:monitor(process, Caller),
    receive
        {'DOWN', _, process, Caller, _} -> exit(Helper, kill)
    end.

run(Core, Options) ->
    case beamtalk_core_scan:tokens(Core) of
        {ok, Tokens} ->
            case core_parse:parse(Tokens) of
                {ok, Forms} -> forms(for_tests(Forms, Options), Options);
                {error, Reason} -> {error, {core_parse_error, Reason}}
            end;
        {error, Reason} ->
            {error, Reason}
    end.

for_tests(Forms, Options) ->
    Redirected =
        case Options of
            #{redirect := Redirections} -> beamtalk_test_code:redirect(Forms, Redirections);
            #{} -> Forms
        end,
    case Options of
        #{keep_frames := Superclasses} -> beamtalk_test_code:keep_frames(Redirected, Superclasses);
        #{} -> Redirected
    end.

%% OTP's types do not know `to_asm'.
-dialyzer({no_match, forms/2}).
forms(Forms, Options) ->
    CompileOptions = compile_options(Forms, Options),
    case otp(Forms, [from_core, to_asm | CompileOptions]) of
        {ok, _, {_, _, _, _, _} = Assembly} -> otp(beamtalk_root_methods:add(Assembly), [from_asm | CompileOptions]);
        {error, Reason} -> {error, Reason}
    end.

otp(Code, Options) ->
    try compile:noenv_forms(Code, Options) of
        {ok, Module, Result} -> {ok, Module, Result};
        {ok, Module, Result, _Warnings} -> {ok, Module, Result};
        {error, Errors, _Warnings} -> {error, {core_compile_error, Errors}};
        error -> {error, {core_compile_error, unknown}}
    catch
        Class:Reason:Stack -> {error, {core_compile_error, {Class, Reason, Stack}}}
    end.

compile_options(Forms, Options) ->
    lists:append([
        [binary, return_errors, deterministic, no_spawn_compiler_process],
        [Option || not maps:get(optimise, Options, false), Option <- ?FAST],
        [clint || maps:get(lint, Options, false)],
        [{debug_info, {beamtalk_debug_info, Forms}} || maps:get(debug_info, Options, false)],
        beamtalk_docs_chunk:chunk(Forms)
    ]).

%% @doc Was it the size of the code rather than its content?
-spec is_resource_limit(reason()) -> boolean().
is_resource_limit({core_compile_error, Reason}) -> lists:member(Reason, [timeout, heap_limit]);
is_resource_limit(_) -> false.

-spec format_error(reason()) -> iolist().
format_error({core_scan_error, {Line, Module, Error}}) ->
    io_lib:format("line ~tp: ~ts", [Line, Module:format_error(Error)]);
format_error({core_parse_error, {Line, Module, Error}}) ->
    io_lib:format("line ~tp: ~ts", [Line, Module:format_error(Error)]);
format_error({core_compile_error, timeout}) ->
    "the time limit was reached";
format_error({core_compile_error, heap_limit}) ->
    "the memory limit was reached";
format_error({_, Other}) ->
    io_lib:format("~tP", [Other, 30]).
