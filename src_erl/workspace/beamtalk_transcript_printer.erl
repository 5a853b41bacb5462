%%% @doc Writes what the Transcript shows to the standard output of a program or prompt.
%%%
%%% A process that subscribes to the Transcript. What has gathered in its mailbox is written at once, so that a program that shows a
%%% hundred thousand pieces does not wait for as many writes.
-module(beamtalk_transcript_printer).

-export([start/0, start/1, flush/1]).

-define(FLUSH_MS, 30000).

-spec start() -> pid().
start() ->
    start(fun io:put_chars/1).

%% @doc `Write' gets the text.
-spec start(fun((iodata()) -> term())) -> pid().
start(Write) ->
    Owner = self(),
    Printer = spawn(fun() -> loop(erlang:monitor(process, Owner), Write) end),
    case beamtalk_workspace_objects:transcript() of
        undefined -> ok;
        Pid -> subscribe(Pid, Printer)
    end,
    Printer.

%% The message `subscribe' subscribes the session of its sender; a process that is no session is entered in the state itself.
subscribe(Transcript, Printer) ->
    Enter = fun(#{subscribers := Pids} = State) -> State#{subscribers := lists:usort([Printer | Pids])} end,
    _ = sys:replace_state(Transcript, Enter),
    ok.

%% @doc Returns when everything shown before is written.
-spec flush(pid()) -> ok.
flush(Printer) ->
    ok = beamtalk_workspace_objects:flush_transcript(),
    Monitor = erlang:monitor(process, Printer),
    Printer ! {flush, self(), Monitor},
    receive
        {flushed, Monitor} -> ok;
        {'DOWN', Monitor, process, _, _} -> ok
    after ?FLUSH_MS -> ok
    end,
    true = erlang:demonitor(Monitor, [flush]),
    ok.

loop(Owner, Write) ->
    receive
        {transcript_output, Text} ->
            _ = Write(gathered([Text])),
            loop(Owner, Write);
        {flush, Pid, Reference} ->
            Pid ! {flushed, Reference},
            loop(Owner, Write);
        {'DOWN', Owner, process, _, _} ->
            ok;
        _ ->
            loop(Owner, Write)
    end.

gathered(Texts) ->
    receive
        {transcript_output, Text} -> gathered([Text | Texts])
    after 0 -> lists:reverse(Texts)
    end.
