%%% @doc `beamtalk doctor': is everything there that the other commands need?
-module(beamtalk_cli_doctor).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"", "check the installation"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run([]) ->
    Checks = [otp(), compiler(), library(), home()],
    _ = [beamtalk_cli:out("~ts ~ts~n", [mark(Result), Text]) || {Result, Text} <- Checks],
    case lists:keymember(error, 1, Checks) of
        true -> 1;
        false -> 0
    end;
run(_) ->
    beamtalk_cli:usage_error("beamtalk: doctor takes no arguments").

mark(ok) -> [16#2713];
mark(error) -> [16#2717].

otp() ->
    Release = erlang:system_info(otp_release),
    Text = io_lib:format("Erlang/OTP ~ts, beamtalk ~ts", [Release, beamtalk_cli:release()]),
    case list_to_integer(Release) >= 25 of
        true -> {ok, Text};
        false -> {error, [Text, " (25 or newer is needed)"]}
    end.

compiler() ->
    {ok, _} = application:ensure_all_started(beamtalk_compiler),
    case beamtalk_compiler:compile_expression(<<"1 + 2">>, <<"beamtalk_doctor">>, []) of
        {ok, _} -> {ok, io_lib:format("compiler answers (~ts)", [beamtalk_compiler:backend()])};
        {error, #{diagnostics := [#{message := Message} | _]}} -> {error, ["compiler: ", Message]}
    end.

library() ->
    Dir = beamtalk_stdlib:default_dir(),
    case filelib:wildcard("bt@stdlib@*.beam", Dir) of
        [] -> {error, ["no library classes in ", Dir, "; run `make stdlib'"]};
        Files -> {ok, io_lib:format("~b library classes", [length(Files)])}
    end.

home() ->
    Dir = filename:join(os:getenv("HOME", "/"), ".beamtalk"),
    case filelib:ensure_dir(filename:join(Dir, "any")) of
        ok -> {ok, ["history is kept in ", Dir]};
        {error, Reason} -> {error, [Dir, ": ", file:format_error(Reason)]}
    end.
