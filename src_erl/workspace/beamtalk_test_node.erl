%%% @doc Keeps a test from passing for good because it ended the node that runs the tests.
%%%
%%% Calls that halt or stop the node are refused: in code compiled for a test run they go to `refused/2' instead (`redirections/0'). Where one
%%% gets through, from Erlang code, this process is stopped with the workspace before its time, says what ran, and sets the exit code.
%%% State: which test runs in which process of the run, in a table of its own.
-module(beamtalk_test_node).
-behaviour(gen_server).

%% API
-export([guard/0, runs/1, redirections/0]).
%% Called by tests
-export([refused/2]).
%% gen_server
-export([start_link/0, init/1, handle_call/3, handle_cast/2, terminate/2]).

-define(TABLE, ?MODULE).

%% @doc From now on an end of the node is an error of whatever test runs.
-spec guard() -> ok.
guard() ->
    case supervisor:start_child(beamtalk_workspace_sup, #{id => ?MODULE, start => {?MODULE, start_link, []}}) of
        {ok, _} -> ok;
        {error, {already_started, _}} -> ok
    end.

%% @doc The calling process begins with this test.
-spec runs(unicode:chardata()) -> ok.
runs(Name) ->
    _ = ets:info(?TABLE, id) =/= undefined andalso ets:insert(?TABLE, {self(), Name}),
    ok.

-spec redirections() -> beamtalk_test_code:redirections().
redirections() ->
    Calls = [{erlang, halt}, {init, stop}, {init, restart}, {init, reboot}],
    maps:from_list([{Call, {?MODULE, refused}} || Call <- Calls]).

-spec refused(module(), atom()) -> no_return().
refused(Module, Function) ->
    Error = beamtalk_error:new(runtime_error, 'ErlangModule', Function),
    Text = ["Erlang ", atom_to_list(Module), " ", atom_to_list(Function), " would end the node that runs the tests"],
    Hint = <<"Let the code under test answer that it is done, and end the node where the program begins">>,
    beamtalk_error:raise(beamtalk_error:with_hint(beamtalk_error:with_message(Error, iolist_to_binary(Text)), Hint)).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

-spec init([]) -> {ok, nil}.
init([]) ->
    process_flag(trap_exit, true),
    ?TABLE = ets:new(?TABLE, [named_table, public]),
    {ok, nil}.

-spec handle_call(term(), gen_server:from(), nil) -> {reply, {error, unknown_request}, nil}.
handle_call(_Unknown, _From, State) ->
    {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), nil) -> {noreply, nil}.
handle_cast(_Unknown, State) ->
    {noreply, State}.

-spec terminate(term(), nil) -> ok.
terminate(shutdown, _State) ->
    Names = lists:sort([beamtalk_test_report:text(Name) || {Pid, Name} <- ets:tab2list(?TABLE), is_process_alive(Pid)]),
    io:put_chars(standard_error, ["beamtalk: a test stopped the node that runs the tests; running: ", lists:join(", ", Names), $\n]),
    erlang:halt(1);
terminate(_Reason, _State) ->
    ok.
