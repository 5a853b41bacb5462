%%% @doc A terminal with line editing for the prompt.
%%%
%%% The emulator is started with `-user beamtalk_terminal'. From OTP 26 on OTP's own driver takes the prompt as its shell. Before that
%%% this process stands in the driver's place, between the terminal's port and the two group leaders (one of the system, one of the
%%% prompt), which edit lines: OTP 25's driver begins with a banner, has a job menu on Ctrl-G, and knows no end of input.
%%%
%%% State: the port; the group leader that reads; whether something was typed since the last line; who waits for the port to have
%%% taken a text.
-module(beamtalk_terminal).

%% Called by `init'
-export([start/0]).

-define(SHELL, {beamtalk_cli, start_terminal, []}).
-define(PORT, 'tty_sl -c -e').

%% Commands and questions of the port.
-define(PUT, 0).
-define(MOVE, 1).
-define(INSERT, 2).
-define(DELETE, 3).
-define(BEEP, 4).
-define(PUT_SYNC, 5).
-define(CONTROL, 16#018b0900).
-define(WINDOW_SIZE, (100 + ?CONTROL)).
-define(GET_UNICODE, (101 + ?CONTROL)).
-define(SET_UNICODE, (102 + ?CONTROL)).

-record(terminal, {
    port :: port(),
    prompt :: pid(),
    typed = false :: boolean(),
    waiting = none :: none | {pid(), term()},
    later = queue:new() :: queue:queue({pid(), term()})
}).

%% The terminal driver takes a command line of its own where the contract of open_port/2 knows only executables.
-dialyzer({nowarn_function, driver/0}).
-dialyzer(no_unused).

-spec start() -> pid().
start() ->
    case list_to_integer(erlang:system_info(otp_release)) of
        Release when Release < 26 ->
            spawn(fun driver/0);
        _ ->
            {ok, Pid} = apply(user_drv, start, [#{initial_shell => ?SHELL}]),
            Pid
    end.

driver() ->
    process_flag(trap_exit, true),
    true = register(user_drv, self()),
    Port = open_port({spawn, ?PORT}, [eof]),
    true = register(user, group:start(self(), {})),
    Prompt = group:start(self(), ?SHELL),
    _ = put(current_group, Prompt),
    loop(#terminal{port = Port, prompt = Prompt}).

loop(#terminal{port = Port, prompt = Prompt} = State) ->
    receive
        {Port, {data, Bytes}} ->
            loop(typed(unicode:characters_to_list(list_to_binary(Bytes)), State));
        {Port, eof} ->
            Prompt ! {self(), eof},
            loop(State);
        {Port, ok} ->
            loop(taken(State));
        {From, tty_geometry} ->
            From ! {self(), tty_geometry, geometry(port_control(Port, ?WINDOW_SIZE, []))},
            loop(State);
        {From, get_unicode_state} ->
            From ! {self(), get_unicode_state, port_control(Port, ?GET_UNICODE, []) =/= [0]},
            loop(State);
        {From, set_unicode_state, Wanted} ->
            Now = port_control(Port, ?SET_UNICODE, [bit(Wanted)]) =/= [0],
            From ! {self(), set_unicode_state, {unicode, Now andalso utf8}},
            loop(State);
        {'EXIT', Prompt, _} ->
            erlang:halt(1);
        {'EXIT', _, _} ->
            loop(State);
        {From, Request} when is_pid(From) ->
            loop(request(From, Request, State));
        _ ->
            loop(State)
    end.

bit(true) -> 1;
bit(false) -> 0.

geometry(Bytes) ->
    <<Columns:32/native, Rows:32/native>> = list_to_binary(Bytes),
    {Columns, Rows}.

%% Ctrl-C goes to the prompt as a signal. Ctrl-D on an empty line leaves.
typed(Keys, #terminal{prompt = Prompt, typed = Typed} = State) ->
    case {lists:member($\^C, Keys), Keys} of
        {true, _} ->
            exit(Prompt, interrupt),
            State#terminal{typed = false};
        {false, [$\^D]} when not Typed ->
            Prompt ! {self(), {data, ":exit\r"}},
            State;
        {false, _} ->
            Prompt ! {self(), {data, plain(Keys)}},
            State#terminal{typed = not lists:member(lists:last(Keys), "\r\n")}
    end.

%% Keys the line editor knows only by their control characters, or should not know at all.
plain("\e[1~" ++ Keys) -> [$\^A | plain(Keys)];
plain("\e[H" ++ Keys) -> [$\^A | plain(Keys)];
plain("\e[4~" ++ Keys) -> [$\^E | plain(Keys)];
plain("\e[F" ++ Keys) -> [$\^E | plain(Keys)];
plain("\e[3~" ++ Keys) -> [$\^D | plain(Keys)];
plain([$\^G | Keys]) -> plain(Keys);
plain([Key | Keys]) -> [Key | plain(Keys)];
plain([]) -> [].

%% Output in order: while a text is on its way to the port, the rest waits.
request(From, Request, #terminal{waiting = none} = State) ->
    write(From, Request, State);
request(From, Request, #terminal{later = Later} = State) ->
    State#terminal{later = queue:in({From, Request}, Later)}.

taken(#terminal{waiting = {From, Reply}} = State) ->
    From ! {reply, Reply},
    next(State#terminal{waiting = none});
taken(State) ->
    State.

next(#terminal{waiting = none, later = Later} = State) ->
    case queue:out(Later) of
        {{value, {From, Request}}, Rest} -> next(write(From, Request, State#terminal{later = Rest}));
        {empty, _} -> State
    end;
next(State) ->
    State.

write(From, {put_chars_sync, unicode, Text, Reply}, #terminal{port = Port} = State) ->
    true = port_command(Port, [?PUT_SYNC, unicode:characters_to_binary(Text)]),
    State#terminal{waiting = {From, Reply}};
write(From, {requests, Requests}, State) ->
    lists:foldl(fun(Request, Acc) -> write(From, Request, Acc) end, State, Requests);
write(_, Request, #terminal{port = Port} = State) ->
    case command(Request) of
        none -> State;
        Command -> port_command(Port, Command) andalso State
    end.

command({put_chars, unicode, Text}) -> [?PUT, unicode:characters_to_binary(Text)];
command({move_rel, Count}) -> <<?MOVE, Count:16>>;
command({insert_chars, unicode, Text}) -> [?INSERT, unicode:characters_to_binary(Text)];
command({delete_chars, Count}) -> <<?DELETE, Count:16>>;
command(beep) -> [?BEEP];
command(_) -> none.
