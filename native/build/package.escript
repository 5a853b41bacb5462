#!/usr/bin/env escript
%% -*- erlang -*-
%%! +A0 -hidden
%% Completes the package after its Erlang modules are compiled: the application files of the parts beside beamtalk.app, and the library
%% classes, compiled with the compiler that was just built. Runs after every compilation; quiet when nothing has changed.
-mode(compile).

main(_) ->
    Root = filename:absname(""),
    case ebin() of
        {ok, Ebin} ->
            true = code:add_patha(Ebin),
            write_parts(Ebin),
            build_library(Root);
        none ->
            fail("the compiled modules were not found", [])
    end.

%% Where the build tool has put the modules: Mix, a checkout of rebar3, rebar3 itself. The freshest wins.
ebin() ->
    Candidates =
        [
            filename:join([Dir | Rest])
         || {Variable, Rest} <- [
                {"REBAR_BARE_COMPILER_OUTPUT_DIR", ["ebin"]},
                {"REBAR_CHECKOUTS_OUT_DIR", ["beamtalk", "ebin"]},
                {"REBAR_DEPS_DIR", ["beamtalk", "ebin"]},
                {"BEAMTALK_EBIN", []}
            ],
            Dir <- [os:getenv(Variable)],
            Dir =/= false,
            Dir =/= ""
        ],
    Dated = [{filelib:last_modified(filename:join(Dir, "beamtalk_compiler.beam")), Dir} || Dir <- Candidates],
    case [Found || {Date, _} = Found <- Dated, Date =/= 0] of
        [] -> none;
        Found -> {ok, element(2, lists:last(lists:keysort(1, Found)))}
    end.

%% No module belongs to two applications, so these list none; `mod' starts their supervisors.
write_parts(Ebin) ->
    Vsn = vsn(Ebin),
    [write_part(Ebin, Part, Vsn) || Part <- parts()].

parts() ->
    [
        {beamtalk_compiler, "Beamtalk compiler", [beamtalk_compiler_sup, beamtalk_compiler_server], [compiler]},
        {beamtalk_runtime, "Beamtalk objects and actors", [beamtalk_runtime_sup], []},
        {beamtalk_stdlib, "Beamtalk class library", [], [beamtalk_runtime]},
        {beamtalk_workspace, "Beamtalk workspace", [beamtalk_workspace_sup], [beamtalk_compiler, beamtalk_runtime, beamtalk_stdlib]}
    ].

write_part(Ebin, {Name, Description, Registered, Needs}, Vsn) ->
    Callback = list_to_atom(atom_to_list(Name) ++ "_app"),
    HasCallback = filelib:is_regular(filename:join(Ebin, atom_to_list(Callback) ++ ".beam")),
    Keys =
        [
            {description, Description},
            {vsn, Vsn},
            {modules, []},
            {registered, Registered},
            {applications, [kernel, stdlib | Needs]},
            {env, []}
        ] ++ [{mod, {Callback, []}} || HasCallback],
    write_if_changed(
        filename:join(Ebin, atom_to_list(Name) ++ ".app"),
        unicode:characters_to_binary(io_lib:format("~tp.~n", [{application, Name, Keys}]))
    ).

vsn(Ebin) ->
    {ok, [{application, beamtalk, Keys}]} = file:consult(filename:join(Ebin, "beamtalk.app")),
    proplists:get_value(vsn, Keys).

write_if_changed(File, Content) ->
    case file:read_file(File) of
        {ok, Content} -> ok;
        _ -> ok = beamtalk_parallel:write_file(File, Content)
    end.

build_library(Root) ->
    Priv = filename:join(Root, "priv"),
    named("BEAMTALK_COMPILER_PATH", library(Priv)),
    named("BEAMTALK_COMPILER_PORT_BIN", executable(Priv)),
    Options = #{
        source => filename:join([Root, "stdlib", "src"]),
        output => filename:join([Priv, "stdlib", "ebin"]),
        state => filename:join([Priv, "stdlib", "build.term"]),
        stamp => [Content || {ok, Content} <- [file:read_file(filename:join([Priv, "native", "compiler.md5"]))]]
    },
    case beamtalk_library_build:build(Options) of
        {ok, #{compiled := 0}} ->
            ok;
        {ok, #{compiled := N, total := Total}} ->
            io:format("beamtalk: compiled ~b of ~b library classes~n", [N, Total]);
        {error, Texts} ->
            fail("the library does not compile:~n~ts", [lists:join("\n", Texts)])
    end.

%% In this place the package may not be on the code path under its name.
named(Variable, File) ->
    case {os:getenv(Variable), filelib:is_regular(File)} of
        {Unset, true} when Unset =:= false; Unset =:= "" -> os:putenv(Variable, File);
        _ -> true
    end.

library(Priv) ->
    case os:type() of
        {win32, _} -> filename:join([Priv, "native", "beamtalk_compiler.dll"]);
        _ -> filename:join([Priv, "native", "libbeamtalk_compiler.so"])
    end.

executable(Priv) ->
    case os:type() of
        {win32, _} -> filename:join(Priv, "beamtalk_compiler_port.exe");
        _ -> filename:join(Priv, "beamtalk_compiler_port")
    end.

fail(Format, Arguments) ->
    io:format(standard_error, "beamtalk: " ++ Format ++ "~n", Arguments),
    halt(1).
