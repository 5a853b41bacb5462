%%% @doc `beamtalk doctor': is everything there that the other commands need? What is not comes with how to mend it.
-module(beamtalk_cli_doctor).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

%% What was looked at, how it is, and what to do about it. A warning keeps nothing from working.
-type finding() :: {ok | warning | error, unicode:chardata(), Mend :: unicode:chardata()}.

%% Applications of OTP, and what does not work without them.
-define(APPLICATIONS, [
    {compiler, error, "nothing can be compiled"},
    {crypto, error, "no workspace can be started"},
    {ssl, warning, "HTTPS and encrypted distribution are not there"},
    {inets, warning, "the workspace's web page is not there"},
    {eunit, warning, "Erlang tests of a package cannot be run"}
]).

-spec usage() -> {string(), string()}.
usage() ->
    {"", "check the installation, and say how to mend what is missing"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run([]) ->
    Findings = lists:append([
        [otp()], applications(), compiler(), [library(), home(), temporary(), launcher()], project()
    ]),
    _ = [show(Finding) || Finding <- Findings],
    case length([error || {error, _, _} <- Findings]) of
        0 ->
            0;
        N ->
            beamtalk_cli:problem("~b problem(s) found", [N]),
            1
    end;
run(_) ->
    beamtalk_cli:usage_error("beamtalk: doctor takes no arguments").

show({Result, Text, Mend}) ->
    beamtalk_cli:out("~ts ~ts~n", [mark(Result), Text]),
    _ = Result =/= ok andalso beamtalk_cli:out("    mend: ~ts~n", [Mend]),
    ok.

mark(ok) -> [16#2713];
mark(warning) -> "!";
mark(error) -> [16#2717].

-spec otp() -> finding().
otp() ->
    Release = erlang:system_info(otp_release),
    Text = io_lib:format("Erlang/OTP ~ts, beamtalk ~ts", [Release, beamtalk_cli:release()]),
    case list_to_integer(Release) >= 25 of
        true -> {ok, Text, ""};
        false -> {error, [Text, " (25 or newer is needed)"], "install a newer Erlang/OTP; the first `erl' on the PATH is used"}
    end.

-spec applications() -> [finding()].
applications() ->
    [
        {Result, io_lib:format("Erlang application ~ts is missing: ~ts", [Name, Effect]),
            io_lib:format("install it, on Debian and Ubuntu: apt-get install erlang-~ts", [package(Name)])}
     || {Name, Result, Effect} <- ?APPLICATIONS, code:lib_dir(Name) =:= {error, bad_name}
    ].

package(compiler) -> "base";
package(Name) -> atom_to_list(Name).

%% Both ways to the compiler are tried: a node that cannot load the library falls back to the executable.
-spec compiler() -> [finding()].
compiler() ->
    {ok, _} = application:ensure_all_started(beamtalk_compiler),
    #{backend := Backend, nif_error := NifError, version := Version} = beamtalk_compiler:capabilities(),
    [answers(Backend), versions(Version) | fallback(Backend, NifError)].

answers(Backend) ->
    case beamtalk_compiler:compile_expression(<<"1 + 2">>, <<"beamtalk_doctor">>, []) of
        {ok, #{core_erlang := Core}} -> code_of(Backend, beamtalk_compiler:compile_core_erlang(Core));
        {error, #{diagnostics := [#{message := Message} | _]}} -> {error, ["compiler: ", Message], "build it again: make build"}
    end.

code_of(Backend, {ok, _, _}) ->
    {ok, io_lib:format("compiler answers (~ts)", [Backend]), ""};
code_of(_, {error, Reason}) ->
    {error, ["Erlang's compiler: ", beamtalk_core_compiler:format_error(Reason)], "install all of Erlang/OTP: apt-get install erlang-base erlang-dev"}.

versions(Version) ->
    case beamtalk_cli:release() of
        Version -> {ok, ["compiler and Erlang code have the same version"], ""};
        Own -> {error, io_lib:format("compiler ~ts does not belong to beamtalk ~ts", [Version, Own]), "build both again: make build"}
    end.

fallback(port, Error) when Error =/= undefined ->
    [
        {warning, io_lib:format("the compiler runs in a process of its own, because its library was refused: ~0tP", [Error, 20]),
            "build it again for this machine: make native; or choose that way with BEAMTALK_COMPILER=port"}
    ];
fallback(_, _) ->
    [].

-spec library() -> finding().
library() ->
    Dir = beamtalk_stdlib:default_dir(),
    case filelib:wildcard("bt@stdlib@*.beam", Dir) of
        [] -> {error, ["no library classes in ", Dir], "compile them: make stdlib"};
        Files -> {ok, io_lib:format("~b library classes", [length(Files)]), ""}
    end.

-spec home() -> finding().
home() ->
    case os:getenv("HOME") of
        false ->
            {warning, "HOME is not set: the prompt keeps no history", "set HOME to a directory that can be written"};
        Home ->
            Dir = filename:join(Home, ".beamtalk"),
            Mend = ["make the directory and give it to yourself: mkdir -p ", Dir, "; chown \"$USER\" ", Dir],
            writable(Dir, ["history and workspaces are kept in ", Dir], Mend)
    end.

-spec temporary() -> finding().
temporary() ->
    Dir = os:getenv("TMPDIR", "/tmp"),
    writable(Dir, ["temporary files go to ", Dir], "set TMPDIR to a directory that can be written").

%% Tried by writing: modes do not tell of full or read-only file systems.
writable(Dir, Text, Mend) ->
    Probe = filename:join(Dir, lists:concat([".doctor.", os:getpid()])),
    case filelib:ensure_dir(Probe) of
        ok ->
            case file:write_file(Probe, "x") of
                ok ->
                    _ = file:delete(Probe),
                    {ok, Text, ""};
                {error, Reason} ->
                    {error, ["cannot write in ", Dir, ": ", file:format_error(Reason)], Mend}
            end;
        {error, Reason} ->
            {error, ["cannot make ", Dir, ": ", file:format_error(Reason)], Mend}
    end.

-spec launcher() -> finding().
launcher() ->
    case os:find_executable("beamtalk") of
        false -> {warning, "`beamtalk' is not on the PATH", "link the launcher of this directory into one that is, such as /usr/local/bin"};
        Path -> {ok, ["`beamtalk' is ", Path], ""}
    end.

%% Only where there is one.
-spec project() -> [finding()].
project() ->
    case filelib:is_regular("beamtalk.toml") of
        false -> [];
        true -> [manifest(beamtalk_project:resolve(".")), writable("_build", "the package's code goes to _build", "remove _build, or give it to yourself")]
    end.

manifest({ok, #{units := Units}}) ->
    {ok, io_lib:format("beamtalk.toml can be read; ~b source file(s)", [length(Units)]), ""};
manifest({error, Text}) ->
    {error, Text, "`beamtalk new NAME' shows what a package looks like"}.
