defmodule Consumer.MixProject do
  use Mix.Project

  def project do
    [
      app: :consumer,
      version: "0.1.0",
      deps: [{:beamtalk, path: System.fetch_env!("BEAMTALK_ROOT"), manager: :rebar3}]
    ]
  end
end
