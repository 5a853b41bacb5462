%%% @doc A session: variables, and one evaluation at a time.
%%%
%%% The evaluation runs in a worker process with a group leader of its own that collects what it writes, so the session stays able to
%%% answer and to interrupt. State: the variables (see `beamtalk_repl_state') and the running evaluation. A crash of the worker is an error
%%% of the input and leaves the variables as they were; a crash of the session loses them. Supervised by `beamtalk_session_sup', temporary.
-module(beamtalk_session).
-behaviour(gen_server).

%% API
-export([start/0, start/1, start_link/1, stop/1]).
-export([eval/2, eval/3, interrupt/1, bindings/1, bind/3, clear/1]).
-export([load/2, load/3, reload/1]).
%% gen_server
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-export_type([options/0, reply/0]).

-type options() :: #{
    bindings => map(),
    %% Gets output as it comes; otherwise it is only in the reply.
    sink => beamtalk_output_capture:sink(),
    %% How output is captured. `false': what is written goes to the group leader of the session's starter at once.
    capture => false | beamtalk_output_capture:options(),
    %% Who runs expressions; see `beamtalk_engine'.
    engine => beam | evaluator | auto,
    group_leader => pid()
}.
-type reply() :: #{
    result := {ok, beamtalk_repl_eval:value()} | {error, beamtalk_failure:failure()},
    output := binary(),
    warnings := [binary()]
}.

-record(running, {
    from :: gen_server:from(),
    worker :: pid(),
    monitor :: reference(),
    module :: module(),
    capture :: pid() | none,
    timer :: reference() | none
}).

-record(state, {
    repl :: beamtalk_repl_state:state(),
    options :: options(),
    %% The evaluator's machine and the variables as it knows them; `beam': not wanted.
    machine = none :: beam | none | {beamtalk_machine_eval:machine(), map()},
    running = none :: #running{} | none
}).

%%% API

-spec start() -> {ok, pid()} | {error, term()}.
start() ->
    start(#{}).

-spec start(options()) -> {ok, pid()} | {error, term()}.
start(Options) ->
    try beamtalk_engine:choice(Options) of
        Engine -> beamtalk_session_sup:start_session(maps:merge(#{group_leader => group_leader()}, Options#{engine => Engine}))
    catch
        error:{badarg, {engine, _}} = Reason -> {error, Reason}
    end.

-spec start_link(options()) -> gen_server:start_ret().
start_link(Options) ->
    gen_server:start_link(?MODULE, Options, []).

-spec stop(pid()) -> ok.
stop(Session) ->
    gen_server:stop(Session).

-spec eval(pid(), binary()) -> reply().
eval(Session, Source) ->
    eval(Session, Source, #{}).

%% @doc Evaluates one input. `timeout => Ms' ends it after that time as an interrupt would.
-spec eval(pid(), binary(), map()) -> reply().
eval(Session, Source, Options) when is_binary(Source), is_map(Options) ->
    gen_server:call(Session, {eval, Source, Options}, infinity).

%% @doc Ends the running evaluation, if there is one.
-spec interrupt(pid()) -> ok.
interrupt(Session) ->
    gen_server:call(Session, interrupt, infinity).

%% @doc The user's variables, sorted by name.
-spec bindings(pid()) -> [{binary(), term()}].
bindings(Session) ->
    gen_server:call(Session, bindings, infinity).

-spec bind(pid(), atom(), term()) -> ok.
bind(Session, Name, Value) ->
    gen_server:call(Session, {bind, Name, Value}, infinity).

-spec clear(pid()) -> ok.
clear(Session) ->
    gen_server:call(Session, clear, infinity).

%% @doc Loads a class file, or every class file below a directory; remembered for `reload/1' if there was anything to load.
-spec load(pid(), file:filename_all()) -> {file | dir, file:filename_all(), beamtalk_source_loader:summary()}.
load(Session, Path) ->
    load(Session, Path, Path).

%% @doc The same for a path that people see in another form.
-spec load(pid(), file:filename_all(), file:filename_all()) ->
    {file | dir, file:filename_all(), beamtalk_source_loader:summary()}.
load(Session, Path, Shown) ->
    Kind =
        case filelib:is_dir(Path) of
            true -> dir;
            false -> file
        end,
    case load_again({Kind, Path, Shown}) of
        {_, _, #{loaded := []}} = Nothing ->
            Nothing;
        Outcome ->
            ok = gen_server:call(Session, {loaded, {Kind, Path, Shown}}, infinity),
            Outcome
    end.

%% @doc Loads the last file or directory once more.
-spec reload(pid()) -> {file | dir, file:filename_all(), beamtalk_source_loader:summary()} | none.
reload(Session) ->
    case gen_server:call(Session, last_loaded, infinity) of
        none -> none;
        What -> load_again(What)
    end.

load_again({dir, Path, Shown}) -> {dir, Shown, beamtalk_source_loader:dir(Path)};
load_again({file, Path, Shown}) -> {file, Shown, beamtalk_source_loader:files([Path], #{})}.

%%% gen_server

-spec init(options()) -> {ok, #state{}}.
init(Options) ->
    process_flag(trap_exit, true),
    Machine =
        case beamtalk_engine:choice(Options) of
            beam -> beam;
            evaluator -> none
        end,
    {ok, #state{repl = beamtalk_repl_state:new(maps:get(bindings, Options, #{})), options = Options, machine = Machine}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}} | {noreply, #state{}}.
handle_call({eval, Source, Options}, From, #state{running = none} = State0) ->
    State = with_machine(State0),
    {noreply, State#state{running = begin_work(Source, Options, From, State)}};
handle_call({eval, _, _}, _From, State) ->
    {reply, reply({error, busy()}, <<>>, []), State};
handle_call(interrupt, _From, #state{running = none} = State) ->
    {reply, ok, State};
handle_call(interrupt, _From, State) ->
    {reply, ok, interrupted(<<"Interrupted">>, State)};
handle_call(bindings, _From, #state{repl = Repl} = State) ->
    {reply, beamtalk_repl_state:visible(Repl), State};
handle_call({bind, Name, Value}, _From, #state{repl = Repl} = State) ->
    Bindings = beamtalk_repl_state:bindings(Repl),
    {reply, ok, State#state{repl = beamtalk_repl_state:set_bindings(Bindings#{Name => Value}, Repl)}};
handle_call(clear, _From, #state{repl = Repl} = State) ->
    {reply, ok, State#state{repl = beamtalk_repl_state:clear(Repl)}};
handle_call({loaded, What}, _From, #state{repl = Repl} = State) ->
    {reply, ok, State#state{repl = beamtalk_repl_state:loaded(What, Repl)}};
handle_call(last_loaded, _From, #state{repl = Repl} = State) ->
    {reply, beamtalk_repl_state:last_loaded(Repl), State};
handle_call(_Unknown, _From, State) ->
    {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Unknown, State) ->
    {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({evaluated, Worker, Outcome}, #state{running = #running{worker = Worker}} = State) ->
    {noreply, finished(Outcome, State)};
handle_info({'DOWN', Monitor, process, _, killed}, #state{running = #running{monitor = Monitor}} = State) ->
    {noreply, ended({error, beamtalk_failure:simple(["Evaluation killed: ", beamtalk_heap_limit:explained()])}, [], State)};
handle_info({'DOWN', Monitor, process, _, Reason}, #state{running = #running{monitor = Monitor}} = State) ->
    Text = ["Evaluation crashed: ", beamtalk_printer:term_text(Reason)],
    {noreply, ended({error, beamtalk_failure:simple(Text)}, [], State)};
handle_info({timeout, Timer, expired}, #state{running = #running{timer = Timer}} = State) ->
    {noreply, interrupted(<<"The time limit was reached">>, State)};
handle_info(_Late, State) ->
    {noreply, State}.

-spec terminate(term(), #state{}) -> ok.
terminate(_Reason, #state{running = #running{worker = Worker, module = Module}} = State) ->
    true = exit(Worker, kill),
    ok = free_machine(State),
    beamtalk_eval_modules:release(Module);
terminate(_Reason, State) ->
    free_machine(State).

free_machine(#state{machine = {Machine, _}}) -> beamtalk_machine_eval:close(Machine);
free_machine(_) -> ok.

busy() ->
    beamtalk_failure:simple("An evaluation is already in progress\nHint: Use Ctrl-C to interrupt it").

%%% The evaluation

begin_work(Source, Options, From, #state{repl = Repl, options = Own} = State) ->
    Session = self(),
    Module = beamtalk_eval_modules:acquire(),
    Bindings = beamtalk_repl_state:bindings(Repl),
    Capture = capture(Own),
    Leader =
        case Capture of
            none -> maps:get(group_leader, Own, group_leader());
            _ -> Capture
        end,
    Engine =
        case State#state.machine of
            {_, _} = Machine -> Options#{machine => Machine};
            _ -> Options
        end,
    Work = fun() ->
        true = group_leader(Leader, self()),
        Session ! {evaluated, self(), beamtalk_repl_eval:evaluate(Source, Module, Bindings, Engine)}
    end,
    {Worker, Monitor} = spawn_opt(Work, [monitor, beamtalk_heap_limit:option()]),
    #running{
        from = From, worker = Worker, monitor = Monitor, module = Module, capture = Capture, timer = timer(Options)
    }.

capture(#{capture := false}) -> none;
capture(Options) ->
    Real = maps:get(group_leader, Options, group_leader()),
    beamtalk_output_capture:start(Real, maps:get(sink, Options, none), maps:get(capture, Options, #{})).

timer(#{timeout := Limit}) when is_integer(Limit) -> erlang:start_timer(Limit, self(), expired);
timer(_) -> none.

%% The machine is made at the first input. Where there can be none, the BEAM runs everything.
with_machine(#state{machine = none} = State) ->
    case beamtalk_machine_eval:open() of
        {ok, Machine} -> State#state{machine = {Machine, #{}}};
        {error, unavailable} -> State#state{machine = beam}
    end;
with_machine(State) ->
    State.

known(#{known := lost}, #state{machine = {Machine, _}} = State) ->
    ok = beamtalk_machine_eval:close(Machine),
    State#state{machine = none};
known(#{known := Known}, #state{machine = {Machine, _}} = State) ->
    State#state{machine = {Machine, Known}};
known(_, State) ->
    State.

finished(#{result := Result, bindings := Bindings, warnings := Warnings} = Outcome, #state{repl = Repl} = State0) ->
    State = known(Outcome, State0),
    New =
        case Result of
            {ok, _} -> beamtalk_repl_state:set_bindings(Bindings, Repl);
            {error, Failure} -> beamtalk_repl_state:record_error(Failure, Repl)
        end,
    ended(Result, Warnings, State#state{repl = New}).

interrupted(Text, #state{running = #running{worker = Worker, monitor = Monitor}} = State) ->
    true = exit(Worker, kill),
    receive
        {'DOWN', Monitor, process, _, _} -> ok
    end,
    ended({error, beamtalk_failure:simple(Text)}, [], State).

ended(Result, Warnings, #state{running = Running} = State) ->
    #running{from = From, monitor = Monitor, module = Module, capture = Capture, timer = Timer} = Running,
    true = erlang:demonitor(Monitor, [flush]),
    _ = Timer =:= none orelse erlang:cancel_timer(Timer),
    ok = beamtalk_eval_modules:release(Module),
    Output =
        case Capture of
            none -> <<>>;
            _ -> beamtalk_output_capture:taken(Capture)
        end,
    ok = gen_server:reply(From, reply(Result, Output, Warnings)),
    State#state{running = none}.

reply(Result, Output, Warnings) ->
    #{result => Result, output => Output, warnings => Warnings}.
