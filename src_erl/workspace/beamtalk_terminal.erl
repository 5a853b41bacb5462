%%% @doc A terminal with line editing for the prompt.
%%%
%%% The emulator is started with `-user beamtalk_terminal'. OTP's `user_drv' edits lines, with `beamtalk_cli' in the place of the Erlang
%%% shell.
-module(beamtalk_terminal).

%% Called by `init'
-export([start/0]).
%% For the prompt
-export([erase_banner/0]).

-define(SHELL, {beamtalk_cli, start_terminal, []}).

-spec start() -> pid().
start() ->
    case list_to_integer(erlang:system_info(otp_release)) of
        Release when Release < 26 ->
            user_drv:start('tty_sl -c -e', ?SHELL);
        _ ->
            {ok, Pid} = apply(user_drv, start, [#{initial_shell => ?SHELL}]),
            Pid
    end.

%% @doc Before OTP 26 the driver begins with the banner of the Erlang system and an empty line.
-spec erase_banner() -> ok.
erase_banner() ->
    case {list_to_integer(erlang:system_info(otp_release)), io:columns()} of
        {Release, {ok, Columns}} when Release < 26 ->
            Lines = (length(erlang:system_info(system_version)) + Columns - 2) div Columns + 1,
            io:put_chars(io_lib:format("\e[~bA\r\e[J", [Lines]));
        _ ->
            ok
    end.
