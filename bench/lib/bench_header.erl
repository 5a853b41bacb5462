%%% @doc The lines above the table: what was measured on what.
-module(bench_header).

-export([print/0]).

-spec print() -> ok.
print() ->
    Lines = [
        {"machine", [processor(), ", ", integer_to_list(erlang:system_info(schedulers_online)), " schedulers, load ", load()]},
        {"system", trim(os:cmd("uname -srm"))},
        {"erlang", ["OTP ", otp_version(), ", erts ", erlang:system_info(version), ", ", atom_to_list(erlang:system_info(emu_flavor))]},
        {"beamtalk", [beamtalk_compiler:version(), ", compiler as ", library()]},
        {"rust", command("rustc --version")},
        {"samples", io_lib:format("~b per side, in turns; medians are compared", [bench_measure:rounds()])}
    ],
    _ = [io:format("~-9s ~ts~n", [Name, Text]) || {Name, Text} <- Lines],
    io:format("lines marked `fast' run code made with the options of the prompt, all others fully optimised code~n~n").

processor() ->
    case re:run(os:cmd("cat /proc/cpuinfo 2>/dev/null"), "model name\\s*:\\s*(.*)", [{capture, [1], list}]) of
        {match, [Name]} -> Name;
        nomatch -> erlang:system_info(system_architecture)
    end.

load() ->
    case file:read_file("/proc/loadavg") of
        {ok, Text} -> hd(binary:split(Text, <<" ">>));
        {error, _} -> "unknown"
    end.

otp_version() ->
    Release = erlang:system_info(otp_release),
    case file:read_file(filename:join([code:root_dir(), "releases", Release, "OTP_VERSION"])) of
        {ok, Text} -> trim(Text);
        {error, _} -> Release
    end.

library() -> atom_to_list(beamtalk_compiler:backend()).

command(Command) ->
    case trim(os:cmd(Command ++ " 2>/dev/null")) of
        "" -> "not installed";
        Text -> Text
    end.

trim(Text) -> string:trim(Text).
